// The rules of one model: which it is, what it may get, who may ask it and how much; each change with its reason.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, Show } from 'solid-js'
import type { RouteCard } from '#protocol/access.ts'
import { OPEN_TO, type RouteRules } from '#protocol/policy/route.ts'
import { say } from '../../../primitives/notices.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Modal } from '../../../ui/Modal.tsx'
import { LastChange } from '../access/LastChange.tsx'
import { SaveForm } from '../access/SaveForm.tsx'
import { Choice } from '../parts/Choice.tsx'
import { Field } from '../parts/Field.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { Line } from '../parts/Line.tsx'
import { useAccess } from './queries.ts'
import { OPEN, readTokens } from './words.ts'

const NOTE = 'It is in force at once. Answers that might not begin any more are cut.'

type RouteDialogProps = {
  readonly card: RouteCard
  readonly models: readonly string[]
  readonly perDay: number
  readonly onClose: () => void
}

export function RouteDialog(props: RouteDialogProps) {
  const api = useAccess()
  const client = useQueryClient()
  const { alias, version } = props.card // as it was when the dialog was opened
  const [rules, setRules] = createSignal<RouteRules>(props.card.rules)
  const refresh = () => client.invalidateQueries({ queryKey: ['data'] })

  async function save(reason: string): Promise<void> {
    try {
      await api('PUT /api/llm/routes/:alias', { params: { alias }, body: { rules: rules(), onto: version, reason } })
    } catch (error) {
      if (refusalOf(error).code === 'stale-edit') void refresh() // the list then has the newest
      throw error
    }
    await refresh()
    say(`Saved the rules of ${alias}`)
    props.onClose()
  }
  return (
    <Modal title={alias} note={NOTE} wide onClose={props.onClose}>
      <SaveForm act="Save" onSave={save} onCancel={props.onClose}>
        <Show when={props.card.changed} fallback={<p class="mb-4 text-sm text-ink-2">As the operator set it up.</p>}>
          {(last) => <LastChange last={last()} />}
        </Show>
        <Fields {...props} rules={rules()} onRules={(change) => setRules((now) => ({ ...now, ...change }))} />
      </SaveForm>
    </Modal>
  )
}

type FieldsProps = RouteDialogProps & {
  readonly rules: RouteRules
  readonly onRules: (change: Partial<RouteRules>) => void
}

function Fields(props: FieldsProps) {
  const gone = props.card.missing ? [[props.card.rules.model, `${props.card.rules.model} (not offered any more)`] as const] : []
  return (
    <>
      <Line label="Model">
        <Choice
          label="Model"
          value={props.rules.model}
          options={[...gone, ...props.models.map((model) => [model, model] as const)]}
          onValue={(model) => props.onRules({ model })}
        />
      </Line>
      <Line label="May get">
        <LabelField of="what it may get" label={props.rules.label} onLabel={(label) => props.onRules({ label })} />
        <p class="mt-1.5 text-ink-2">What is classified higher closes it to the kernel that has read it.</p>
      </Line>
      <Line label="Open to">
        <Choice
          label="Open to"
          value={props.rules.open}
          options={OPEN_TO.map((open) => [open, OPEN[open]] as const)}
          onValue={(open) => props.onRules({ open })}
        />
      </Line>
      <Line label="Tokens a day">
        <Field
          label="Tokens of one person and day"
          text={props.rules.perDay?.toLocaleString('en') ?? ''}
          read={readTokens}
          wrong="A number of tokens, or nothing."
          placeholder={`as many as in all: ${props.perDay.toLocaleString('en')}`}
          class="max-w-72"
          onValue={props.onRules}
        />
      </Line>
    </>
  )
}
