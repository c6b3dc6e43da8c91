// What is seen in a preview: what its person and a profile both see. Pure and total. Each cell, and which rows there are, follows from
// what the person sees themselves: a profile lends nobody anything, and tells nothing of what they do not see.
import { dominates, join, type Label, meet } from '#protocol/policy/label.ts'
import type { Mask } from '#protocol/policy/mask.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import { type Condition, columnsOf, EVERY } from './condition.ts'
import { type Decision, decide, type Seen, type View } from './decide.ts'
import { profiled } from './profile.ts'
import type { Subject } from './subject.ts'

/** Of whoever looks, through a profile or not. */
export const clearanceOf = ({ clearance }: Subject, preview: Profile | undefined): Label =>
  preview ? meet(clearance, preview.clearance) : clearance

/** As `decide`, for a person who looks through a profile, or for themselves. */
export function decideFor(
  table: Table | null,
  policy: Policy,
  who: Subject,
  preview: Profile | undefined,
  now: number,
): Decision {
  const mine = decide(table, policy, who, now)
  if (!mine.ok || preview === undefined || table === null) return mine
  const theirs = decide(table, policy, profiled(policy, preview), now)
  return theirs.ok ? both(table, mine.view, theirs.view, clearanceOf(who, preview)) : theirs
}

function both(table: Table, mine: View, theirs: View, clearance: Label): Decision {
  const refuse = (why: 'policy' | 'clearance'): Decision => ({ ok: false, why: table.hidden ? 'absent' : why })
  const keep = keptByBoth(mine, theirs.keep)
  if (keep === null) return refuse('policy')
  const shown = new Map(theirs.columns.map((column) => [column.name, column]))
  const columns = mine.columns.flatMap((column) => seenByBoth(column, shown.get(column.name), clearance) ?? [])
  if (columns.length === 0) return refuse('clearance')
  const because = [...new Set([...mine.because, ...theirs.because])]
  return { ok: true, view: { ...mine, columns, keep, filtered: keep !== EVERY, because } }
}

/**
 * Null: their rule looks at what the person does not see as it is, so that which rows it leaves would tell them of it. A rule that is
 * the person's too has left those rows out already.
 */
function keptByBoth(mine: View, theirs: Condition): Condition | null {
  const own = partsOf(mine.keep)
  const known = new Set(own.map((part) => JSON.stringify(part)))
  const more = partsOf(theirs).filter((part) => !known.has(JSON.stringify(part)))
  const plain = new Set(mine.columns.flatMap(({ name, mask }) => (mask === null ? [name] : [])))
  if (!more.flatMap(columnsOf).every((name) => plain.has(name))) return null
  return more.length === 0 ? mine.keep : { op: 'and', of: [...own, ...more] }
}

/** Conditions that all hold, together the whole. */
const partsOf = (condition: Condition): readonly Condition[] =>
  condition.op === 'and' ? condition.of.flatMap(partsOf) : [condition]

/** Null: not for both. */
function seenByBoth(mine: Seen, theirs: Seen | undefined, clearance: Label): Seen | null {
  if (theirs === undefined) return null
  const seen = stricter(mine, theirs)
  return dominates(clearance, seen.label) ? seen : null
}

/** What one of them masks is masked so; where both do, and not alike, there is nothing that both see. */
function stricter(mine: Seen, theirs: Seen): Seen {
  if (theirs.mask === null) return mine
  if (mine.mask === null) return theirs
  const label = join(mine.label, theirs.label)
  return same(mine.mask, theirs.mask) ? { ...mine, label } : { ...mine, type: mine.stored, mask: NOTHING, label }
}

const NOTHING: Mask = { kind: 'null' }
/** What cannot be compared counts as another. */
const same = (one: Mask, other: Mask): boolean => JSON.stringify(one) === JSON.stringify(other)
