// The three kinds of rules of a table: who may read or write, which rows are kept, what columns show.
import Plus from 'lucide-solid/icons/plus'
import Trash from 'lucide-solid/icons/trash'
import { For, Index, type JSX, type ParentProps, Show } from 'solid-js'
import type { PersonCard } from '#protocol/managed.ts'
import type { Column, Policy } from '#protocol/policy/policy.ts'
import { Button } from '../../../ui/Button.tsx'
import { IconButton } from '../../../ui/Tip.tsx'
import { BoundFields } from './BoundFields.tsx'
import { Condition } from './Condition.tsx'
import { faultsOf, newGrant, newMaskRule, newRowRule } from './draft.ts'
import { GrantFields } from './GrantFields.tsx'
import { MaskFields } from './MaskFields.tsx'

export type RulesProps = {
  readonly policy: Policy
  readonly columns: readonly Column[]
  readonly people: readonly PersonCard[]
  readonly faults: readonly string[]
  readonly onPolicy: (policy: Policy) => void
}
type Kind = keyof Policy

/** Changes one list of a policy, and draws what is alike about its rules. */
function edits<K extends Kind>(props: RulesProps, kind: K) {
  type One = Policy[K][number]
  const all = () => props.policy[kind] as readonly One[]
  const put = (rules: readonly One[]) => props.onPolicy({ ...props.policy, [kind]: rules })
  return {
    all,
    add: (rule: One) => put([...all(), rule]),
    change: (at: number, rule: One) => put(all().with(at, rule)),
    card: (id: string) => ({
      id,
      faults: faultsOf(id, props.faults),
      onRemove: () => put(all().filter((rule) => rule.id !== id)),
    }),
  }
}

export function Rules(props: RulesProps) {
  return (
    <>
      <Grants {...props} />
      <RowRules {...props} />
      <Masks {...props} />
    </>
  )
}

function Grants(props: RulesProps) {
  const grants = edits(props, 'grants')
  return (
    <Section
      title="Grants"
      note="Who may read or write. Without a grant nobody does; several add up."
      act="Grant"
      none="No grants: nobody reads this table."
      empty={grants.all().length === 0}
      onAdd={() => grants.add(newGrant(props.policy))}
    >
      <Index each={grants.all()}>
        {(grant, at) => (
          <Rule {...grants.card(grant().id)}>
            <GrantFields
              grant={grant()}
              columns={props.columns}
              people={props.people}
              onGrant={(next) => grants.change(at, next)}
            />
          </Rule>
        )}
      </Index>
    </Section>
  )
}

function RowRules(props: RulesProps) {
  const rows = edits(props, 'rows')
  return (
    <Section
      title="Row rules"
      note="Which rows are kept. Several: what all of them keep."
      act="Row rule"
      none="No row rules: who may read sees every row."
      empty={rows.all().length === 0}
      onAdd={() => rows.add(newRowRule(props.policy, props.columns))}
    >
      <Index each={rows.all()}>
        {(rule, at) => (
          <Rule {...rows.card(rule().id)}>
            <BoundFields of={rule().id} bound={rule().bound} onBound={(bound) => rows.change(at, { ...rule(), bound })} />
            <p class="text-sm text-ink-2">sees a row where</p>
            <Condition
              of={rule().id}
              expr={rule().keep}
              columns={props.columns}
              onExpr={(keep) => rows.change(at, { ...rule(), keep })}
            />
          </Rule>
        )}
      </Index>
    </Section>
  )
}

function Masks(props: RulesProps) {
  const masks = edits(props, 'masks')
  return (
    <Section
      title="Masks"
      note="What a column shows. Several: the strictest."
      act="Mask"
      none="No masks: columns show what is in them."
      empty={masks.all().length === 0}
      onAdd={() => masks.add(newMaskRule(props.policy, props.columns))}
    >
      <Index each={masks.all()}>
        {(rule, at) => (
          <Rule {...masks.card(rule().id)}>
            <MaskFields rule={rule()} columns={props.columns} onRule={(next) => masks.change(at, next)} />
          </Rule>
        )}
      </Index>
    </Section>
  )
}

type SectionProps = {
  readonly title: string
  readonly note: string
  readonly act: string
  readonly none: string
  readonly empty: boolean
  readonly onAdd: () => void
  readonly children: JSX.Element
}

function Section(props: SectionProps) {
  return (
    <section aria-label={props.title} class="mb-7">
      <header class="mb-2 flex items-end justify-between gap-4">
        <div>
          <h3 class="text-base font-semibold">{props.title}</h3>
          <p class="text-sm text-ink-2">{props.note}</p>
        </div>
        <Button size="small" aria-label={`Add ${props.act.toLowerCase()}`} onClick={props.onAdd}>
          <Plus size={14} aria-hidden="true" /> {props.act}
        </Button>
      </header>
      <ul aria-label={props.title} class="flex flex-col gap-2">
        {props.children}
      </ul>
      <Show when={props.empty}>
        <p class="rounded-[6px] border border-dashed border-line px-3 py-3 text-sm text-ink-2">{props.none}</p>
      </Show>
    </section>
  )
}

type RuleProps = ParentProps<{ readonly id: string; readonly faults: readonly string[]; readonly onRemove: () => void }>

function Rule(props: RuleProps) {
  return (
    <li aria-label={props.id} class="flex items-start gap-2 rounded-[6px] border border-line bg-raised p-2.5">
      <div class="flex min-w-0 grow flex-col gap-2">
        {props.children}
        <For each={props.faults}>
          {(fault) => (
            <p class="text-sm text-bad" role="alert">
              This does not fit: {fault}.
            </p>
          )}
        </For>
      </div>
      <IconButton label={`Remove ${props.id}`} text="Remove" onClick={props.onRemove}>
        <Trash size={15} aria-hidden="true" />
      </IconButton>
    </li>
  )
}
