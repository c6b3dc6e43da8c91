// Conditions over the columns of a row and the attributes of a person: closed, typed data. There is no operator that can
// throw, no function and no SQL; logic is three-valued, as in SQL: a row is kept where a condition is true.
import * as z from 'zod/mini'
import { Literal } from './values.ts'

const NODES = 200 // of one condition, all told
const DEPTH = 16
const AMONG = 1000 // literals to compare with

export const ColumnName = z.string().check(
  z.minLength(1),
  z.maxLength(255),
  z.refine((name) => !name.includes('\0')),
)
export const AttributeName = z.string().check(z.regex(/^[a-z][a-z0-9_]{0,39}$/))

const Column = z.strictObject({ column: ColumnName })
/** A person's attribute. One that they lack, or have more than once where one is compared, denies. */
const Attribute = z.strictObject({ attribute: AttributeName })
const Constant = z.strictObject({ literal: Literal })

export const Term = z.union([Column, Constant, Attribute])
export type Term = z.infer<typeof Term>

export const COMPARISONS = ['eq', 'lt', 'le'] as const
export type Comparison = (typeof COMPARISONS)[number]

export type Expr =
  | { readonly op: 'and' | 'or'; readonly of: readonly Expr[] }
  | { readonly op: 'not'; readonly of: Expr }
  | { readonly op: Comparison; readonly left: Term; readonly right: Term }
  | { readonly op: 'in'; readonly term: z.infer<typeof Column>; readonly among: readonly Literal[] | z.infer<typeof Attribute> }
  | { readonly op: 'isNull'; readonly term: z.infer<typeof Column> }
  | { readonly op: 'inGroup'; readonly group: string }

const Nested: z.ZodMiniType<Expr> = z.discriminatedUnion('op', [
  z.strictObject({ op: z.enum(['and', 'or']), of: z.readonly(z.array(z.lazy(() => Nested))) }),
  z.strictObject({ op: z.literal('not'), of: z.lazy(() => Nested) }),
  z.strictObject({ op: z.enum(COMPARISONS), left: Term, right: Term }),
  z.strictObject({
    op: z.literal('in'),
    term: Column,
    among: z.union([z.readonly(z.array(Literal).check(z.maxLength(AMONG))), Attribute]),
  }),
  z.strictObject({ op: z.literal('isNull'), term: Column }),
  z.strictObject({ op: z.literal('inGroup'), group: AttributeName }),
])

/** The conditions directly inside one. */
export function parts(expr: Expr): readonly Expr[] {
  if (expr.op === 'and' || expr.op === 'or') return expr.of
  return expr.op === 'not' ? [expr.of] : []
}

const nodes = (expr: Expr): number => parts(expr).reduce((sum, part) => sum + nodes(part), 1)
const depth = (expr: Expr): number => 1 + Math.max(0, ...parts(expr).map(depth))

/** Depth is looked at before zod descends, so that a deep one is refused and not a stack overflow. */
export const Expr = z.pipe(
  z.unknown().check(z.refine((value) => levels(value) <= 2 * DEPTH + 6, 'too deeply nested')),
  Nested.check(z.refine((expr) => nodes(expr) <= NODES && depth(expr) <= DEPTH, 'too large')),
)

function levels(value: unknown, most = 2 * DEPTH + 7): number {
  if (typeof value !== 'object' || value === null || most === 0) return 0
  return 1 + Object.values(value).reduce((deepest: number, inner) => Math.max(deepest, levels(inner, most - 1)), 0)
}

export const ALWAYS: Expr = { op: 'and', of: [] }
export const NEVER: Expr = { op: 'or', of: [] }
