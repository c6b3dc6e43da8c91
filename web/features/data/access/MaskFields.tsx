// One mask rule: for whom, which column, what it shows, what it then counts as.
import { Match, Switch } from 'solid-js'
import { Mask } from '#protocol/policy/mask.ts'
import type { Column, MaskRule } from '#protocol/policy/policy.ts'
import { Choice } from '../parts/Choice.tsx'
import { Field } from '../parts/Field.tsx'
import { LabelField } from '../parts/LabelField.tsx'
import { MASKS } from '../words.ts'
import { BoundFields } from './BoundFields.tsx'
import { mappingText, maskKinds, newMask, readMapping } from './draft.ts'
import { OneLiteral } from './TestFields.tsx'

type MaskFieldsProps = {
  readonly rule: MaskRule
  readonly columns: readonly Column[]
  readonly onRule: (rule: MaskRule) => void
}

export function MaskFields(props: MaskFieldsProps) {
  const put = (change: Partial<MaskRule>) => props.onRule({ ...props.rule, ...change })
  const type = () => props.columns.find(({ name }) => name === props.rule.column)?.type ?? 'text'
  const kinds = () => {
    const fitting = maskKinds(type())
    const { kind } = props.rule.mask
    return (fitting.includes(kind) ? fitting : [...fitting, kind]).map((one) => [one, MASKS[one]] as const)
  }
  const moved = (column: string) => {
    const next = props.columns.find(({ name }) => name === column)
    if (!next) return
    const fits = maskKinds(next.type).includes(props.rule.mask.kind) && props.rule.mask.kind !== 'constant'
    put({ column, mask: fits ? props.rule.mask : { kind: 'null' }, label: next.label })
  }
  return (
    <>
      <BoundFields of={props.rule.id} bound={props.rule.bound} onBound={(bound) => put({ bound })} />
      <div class="flex flex-wrap items-center gap-2 text-sm text-ink-2">
        sees
        <Choice
          label={`Column of ${props.rule.id}`}
          value={props.rule.column}
          options={props.columns.map(({ name }) => [name, name] as const)}
          class="font-mono text-xs"
          onValue={moved}
        />
        <Choice
          label={`Mask of ${props.rule.id}`}
          value={props.rule.mask.kind}
          options={kinds()}
          onValue={(kind) => put({ mask: newMask(kind, type()) })}
        />
        <Particulars of={props.rule.id} mask={props.rule.mask} onMask={(mask) => put({ mask })} />
      </div>
      <div class="flex flex-wrap items-center gap-2 text-sm text-ink-2">
        which counts as
        <LabelField of={`what ${props.rule.id} shows`} label={props.rule.label} onLabel={(label) => put({ label })} />
      </div>
    </>
  )
}

type ParticularsProps = { readonly of: string; readonly mask: Mask; readonly onMask: (mask: Mask) => void }

/** What a kind of mask needs to be told. */
function Particulars(props: ParticularsProps) {
  const constant = () => (props.mask.kind === 'constant' ? props.mask : null)
  const bucket = () => (props.mask.kind === 'bucket' ? props.mask : null)
  const generalise = () => (props.mask.kind === 'generalise' ? props.mask : null)
  return (
    <Switch>
      <Match when={constant()}>
        {(mask) => (
          <OneLiteral
            label={`Value that ${props.of} shows`}
            literal={mask().value}
            onLiteral={(value) => props.onMask({ kind: 'constant', value })}
          />
        )}
      </Match>
      <Match when={bucket()}>
        {(mask) => (
          <Field
            label={`Step of ${props.of}`}
            text={String(mask().size)}
            read={(text) => judged({ kind: 'bucket', size: Number(text) })}
            wrong="A whole number from 1."
            class="w-24"
            onValue={props.onMask}
          />
        )}
      </Match>
      <Match when={generalise()}>{(mask) => <Mapping of={props.of} mask={mask()} onMask={props.onMask} />}</Match>
    </Switch>
  )
}

type MappingProps = Omit<ParticularsProps, 'mask'> & { readonly mask: Extract<Mask, { kind: 'generalise' }> }

const Mapping = (props: MappingProps) => (
  <>
    <Field
      label={`Values of ${props.of}`}
      lines={3}
      text={mappingText(props.mask.to)}
      read={(text) => judged({ ...props.mask, to: readMapping(text) })}
      wrong="One a line: value = what is shown."
      placeholder="DE = Europe"
      onValue={props.onMask}
    />
    else
    <Field
      label={`What ${props.of} shows of other values`}
      text={props.mask.otherwise ?? ''}
      read={(text) => judged({ ...props.mask, otherwise: text === '' ? null : text })}
      wrong="A text of at most 200 characters."
      placeholder="nothing"
      class="w-36"
      onValue={props.onMask}
    />
  </>
)

function judged(mask: unknown): Mask | null {
  const read = Mask.safeParse(mask)
  return read.success ? read.data : null
}
