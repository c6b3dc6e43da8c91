// Which deployed models a kernel may use, and whether rows are such as one takes: pure.
import type { Column } from '#protocol/library/inference.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import type { Deployed } from '../seams/inference.ts'

/** `label`: of the kernel, at the time of the question. `clearance`: of its person; what the model says counts as the model's label. */
export type Asker = { readonly mode: Role; readonly label: Label; readonly clearance: Label }
export type Judged =
  | { readonly ok: true; readonly model: Deployed }
  | { readonly ok: false; readonly why: 'absent' | 'readers' | 'label' | 'clearance' }

/** Undefined: there is none of that name. */
export function judge(model: Deployed | undefined, { mode, label, clearance }: Asker): Judged {
  if (model === undefined) return { ok: false, why: 'absent' }
  if (mode !== 'edit' && !model.readers) return { ok: false, why: 'readers' }
  if (!dominates(clearance, model.label)) return { ok: false, why: 'clearance' }
  return dominates(model.label, label) ? { ok: true, model } : { ok: false, why: 'label' }
}

/** What does not fit, in words; null: it does. Names of columns are the model's, or say only that there are others. */
export function misfit({ inputs }: Deployed, columns: readonly Column[]): string | null {
  const given = new Map(columns.map((column) => [column.name, column]))
  if (given.size !== columns.length) return 'a column comes twice'
  const missing = inputs.find(({ name }) => !given.has(name))
  if (missing) return `its input “${missing.name}” is missing`
  if (columns.length !== inputs.length) return 'there are columns that it does not take'
  const other = inputs.find(({ name, type }) => given.get(name)?.type !== type)
  if (other) return `its input “${other.name}” is of type ${other.type}`
  return new Set(columns.map(({ values }) => values.length)).size === 1 ? null : 'its columns are not equally long'
}
