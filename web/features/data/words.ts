// Policies in words, for people who are not asked to read JSON.
import type { Expr, Term } from '#protocol/policy/expr.ts'
import type { Mask, MaskKind } from '#protocol/policy/mask.ts'
import type { Audience, Bound, Grant, MaskRule, RowRule } from '#protocol/policy/policy.ts'
import type { Literal } from '#protocol/policy/values.ts'
import type { WorkspaceGrant } from '#protocol/policy/workspace.ts'
import { labelText } from '../../primitives/label.ts'

/** What each mask does to a column, in a few words. */
export const MASKS: Readonly<Record<MaskKind, string>> = {
  null: 'emptied',
  redact: 'redacted',
  constant: 'replaced',
  generalise: 'generalised',
  bucket: 'in steps',
  year: 'year only',
  hash: 'hashed',
  first4: 'first four only',
  last4: 'last four only',
}

/** Of a kind of mask as the server names it. */
export const maskedText = (kind: string | null): string => (MASKS as Readonly<Record<string, string>>)[kind ?? ''] ?? 'masked'

/** A person's name by their id. */
export type NameOf = (person: string) => string

export function audienceText(to: Audience, nameOf: NameOf): string {
  if (to.who === 'workspace') return 'everybody in the workspace'
  return to.who === 'group' ? `the group ${to.group}` : nameOf(to.person)
}

export function boundText(bound: Bound): string {
  if (bound.all === 'everybody') return 'everybody'
  return bound.all === 'below' ? `whoever is not cleared for ${labelText(bound.label)}` : `whoever is outside ${bound.group}`
}

export const literalText = ({ type, value }: Literal): string => (type === 'text' ? `“${value}”` : String(value))

function termText(term: Term): string {
  if ('column' in term) return term.column
  return 'literal' in term ? literalText(term.literal) : `their ${term.attribute}`
}

const SIGNS = { eq: '=', lt: '<', le: '≤' } as const

export function exprText(expr: Expr): string {
  switch (expr.op) {
    case 'and':
    case 'or': {
      if (expr.of.length === 0) return expr.op === 'and' ? 'always' : 'never'
      return expr.of
        .map((part) => ('of' in part && part.op !== 'not' ? `(${exprText(part)})` : exprText(part)))
        .join(` ${expr.op} `)
    }
    case 'not':
      return `not (${exprText(expr.of)})`
    case 'in': {
      const among = 'attribute' in expr.among ? `their ${expr.among.attribute}` : expr.among.map(literalText).join(', ')
      return `${expr.term.column} in ${among}`
    }
    case 'isNull':
      return `${expr.term.column} is empty`
    case 'inGroup':
      return `they are in ${expr.group}`
    default:
      return `${termText(expr.left)} ${SIGNS[expr.op]} ${termText(expr.right)}`
  }
}

export const rightText = (right: Grant['right']) => (right === 'managed-table:read' ? 'read' : 'write')

export function maskText(mask: Mask): string {
  if (mask.kind === 'bucket') return `in steps of ${mask.size}`
  return mask.kind === 'constant' ? `replaced by ${literalText(mask.value)}` : MASKS[mask.kind]
}

export const WORKSPACE_RIGHT: Readonly<Record<WorkspaceGrant['right'], string>> = {
  'managed-table:write': 'make tables of their own',
  declassify: 'declassify',
}

/** `expires`: the first moment after the last day. */
export const untilText = (expires: number | null): string =>
  expires === null ? '' : `, until ${new Date(expires - 1).toISOString().slice(0, 10)}`

export function grantText({ to, right, rows, expires }: Grant, nameOf: NameOf): string {
  const only = rows === null ? '' : `, rows where ${exprText(rows)}`
  return `${audienceText(to, nameOf)} may ${rightText(right)}${only}${untilText(expires)}`
}

/** Whom something that somebody made is released to, for who may know. */
export const releaseText = (to: readonly Audience[], nameOf: NameOf): string =>
  to.length === 0 ? 'Yours alone' : `Released to ${to.map((one) => audienceText(one, nameOf)).join(', ')}`

export const rowText = ({ bound, keep }: RowRule): string => `${boundText(bound)} sees rows where ${exprText(keep)}`

export const ruleText = ({ bound, column, mask, label }: MaskRule): string =>
  `${column} is ${maskText(mask)} for ${boundText(bound)}, and counts as ${labelText(label)}`
