// A policy being edited: the version it began from, what it is now, and whether somebody else has saved meanwhile.
import { type Accessor, createEffect, createMemo, createSignal } from 'solid-js'
import type { PolicyCard } from '#protocol/managed.ts'
import { faults, Policy } from '#protocol/policy/policy.ts'
import { same } from './draft.ts'

export type PolicyDraft = ReturnType<typeof createPolicyDraft>
type Base = { readonly policy: Policy; readonly version: number }

/** A copy: what the page was sent may change under it. */
const baseOf = ({ policy, version }: PolicyCard): Base => ({ policy: JSON.parse(JSON.stringify(policy)), version })

export function createPolicyDraft(card: Accessor<PolicyCard>) {
  const [base, setBase] = createSignal<Base>(baseOf(card()))
  const [policy, setPolicy] = createSignal<Policy>(base().policy)
  const [asking, setAsking] = createSignal(false)
  const changed = createMemo(() => !same(policy(), base().policy))
  const behind = () => changed() && card().version !== base().version
  const take = () => {
    setBase(baseOf(card()))
    setPolicy(base().policy)
  }
  createEffect(() => {
    if (card().version !== base().version && !changed()) take()
  })
  const found = createMemo(() => [...faults(card().table, policy()), ...unreadable(policy())])
  return {
    base,
    policy,
    setPolicy: (next: Policy) => void setPolicy(next),
    changed,
    behind,
    faults: found,
    discard: take,
    /** What was edited stays, to be saved onto what somebody else has saved. */
    rebase: () => void setBase(baseOf(card())),
    asking,
    ask: () => void setAsking(changed() && found().length === 0),
    close: () => void setAsking(false),
    /** It is saved: what comes next from the server is followed. */
    saved: (version: number) => void setBase({ policy: policy(), version }),
  }
}

/** Rules that are no rules yet: a group without a name, a list that is too long. */
function unreadable(policy: Policy): readonly string[] {
  const read = Policy.safeParse(policy)
  if (read.success) return []
  const rules = read.error.issues.flatMap(({ path: [kind, at] }) => {
    const rule = policy[kind as keyof Policy]?.[Number(at)]
    return rule ? [rule.id] : []
  })
  return rules.length === 0
    ? ['policy: there are too many rules']
    : [...new Set(rules)].map((id) => `${id}: something is missing`)
}
