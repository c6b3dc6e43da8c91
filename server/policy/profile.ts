// Anybody of a clearance and in some groups, as policies see them: nobody in particular, so no grant to a person is theirs. Of each
// attribute that a policy speaks of they have one value, which is nobody's: such a rule leaves rows out, and is not judged false.
import { type Expr, parts, type Term } from '#protocol/policy/expr.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { Subject } from './subject.ts'

export function profiled({ grants, rows }: Policy, { clearance, groups }: Profile): Subject {
  const all = [...grants.flatMap((grant) => grant.rows ?? []), ...rows.map(({ keep }) => keep)]
  const attributes = Object.fromEntries(all.flatMap(attributesOf).map((name) => [name, ['']]))
  return { person: '', member: true, groups, attributes, clearance }
}

function attributesOf(expr: Expr): readonly string[] {
  if (expr.op === 'in') return 'attribute' in expr.among ? [expr.among.attribute] : []
  if (expr.op === 'eq' || expr.op === 'lt' || expr.op === 'le') return [expr.left, expr.right].flatMap(named)
  return parts(expr).flatMap(attributesOf)
}

const named = (term: Term): readonly string[] => ('attribute' in term ? [term.attribute] : [])
