// What an owner says of a model: its name, what it takes, what it may get, and who may ask it.
import { Show } from 'solid-js'
import { Alias } from '#protocol/library/llm.ts'
import { DeployedRules } from '#protocol/policy/deployed.ts'
import { OPEN_TO } from '#protocol/policy/route.ts'
import { Choice } from '../../parts/Choice.tsx'
import { Field } from '../../parts/Field.tsx'
import { LabelField } from '../../parts/LabelField.tsx'
import { Line } from '../../parts/Line.tsx'
import { ReadersField } from '../../sharing/ReadersField.tsx'
import { OPEN } from '../words.ts'
import { type Draft, inputsText, readInputs } from './draft.ts'

/** `named`: it has its name, which stays. */
type ModelFieldsProps = { readonly draft: Draft; readonly named: boolean; readonly onDraft: (change: Partial<Draft>) => void }

export function ModelFields(props: ModelFieldsProps) {
  const put = (change: Partial<DeployedRules>) => props.onDraft({ rules: { ...props.draft.rules, ...change } })
  return (
    <>
      <Show when={!props.named}>
        <Name name={props.draft.name} onName={props.onDraft} />
      </Show>
      <WhatItIs rules={props.draft.rules} onRules={put} />
      <WhoMay rules={props.draft.rules} onRules={put} />
    </>
  )
}

const Name = (props: { readonly name: string; readonly onName: (name: Pick<Draft, 'name'>) => void }) => (
  <Line label="Name">
    <Field
      label="Name"
      text={props.name}
      read={readName}
      wrong="Letters, digits, dots, dashes and underscores, at most 64."
      placeholder="as notebooks ask it"
      class="max-w-72"
      onValue={props.onName}
    />
  </Line>
)

type RulesProps = { readonly rules: DeployedRules; readonly onRules: (change: Partial<DeployedRules>) => void }

const WhatItIs = (props: RulesProps) => (
  <>
    <Line label="Description">
      <Field
        label="Description"
        text={props.rules.description}
        read={readDescription}
        wrong="At most 500 characters."
        placeholder="What it says, and of what"
        lines={2}
        onValue={props.onRules}
      />
    </Line>
    <Line label="Takes">
      <Field
        label="Columns that it takes"
        text={inputsText(props.rules.inputs)}
        read={readColumns}
        wrong="A column a line: its name, then text, integer, real or boolean. No name twice."
        lines={Math.min(10, Math.max(2, props.rules.inputs.length))}
        class="font-mono text-xs"
        onValue={props.onRules}
      />
      <p class="mt-1.5 text-ink-2">A column a line, with its type, as a notebook has to have them; in the order of the file.</p>
    </Line>
  </>
)

const WhoMay = (props: RulesProps) => (
  <>
    <Line label="May get">
      <LabelField of="what it may get" label={props.rules.label} onLabel={(label) => props.onRules({ label })} />
      <p class="mt-1.5 text-ink-2">As its training data, or higher: what it says counts as this.</p>
    </Line>
    <Line label="Open to">
      <Choice
        label="Open to"
        value={props.rules.open}
        options={OPEN_TO.map((open) => [open, OPEN[open]] as const)}
        onValue={(open) => props.onRules({ open })}
      />
    </Line>
    <Line label="Granted to">
      <ReadersField legend="Granted to" to={props.rules.to} onTo={(to) => props.onRules({ to })} />
    </Line>
  </>
)

function readName(name: string): { readonly name: string } | null {
  return Alias.safeParse(name).success ? { name } : null
}

function readDescription(description: string): { readonly description: string } | null {
  return DeployedRules.shape.description.safeParse(description).success ? { description } : null
}

function readColumns(text: string): Pick<DeployedRules, 'inputs'> | null {
  const inputs = readInputs(text)
  return inputs && { inputs }
}
