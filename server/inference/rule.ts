// Which deployed models a kernel may use, and whether rows are such as one takes: pure.
import type { Column } from '#protocol/library/inference.ts'
import { dominates, type Label } from '#protocol/policy/label.ts'
import type { Role } from '#protocol/roles.ts'
import { isIn, type Subject } from '../policy/subject.ts'
import type { Offer } from './offers.ts'

/** `label`: of the kernel, at the time of the question. `who`: its person; what the model says counts as the model's label. */
export type Asker = { readonly mode: Role; readonly label: Label; readonly who: Subject }
export type Judged =
  | { readonly ok: true; readonly model: Offer }
  | { readonly ok: false; readonly why: 'absent' | 'closed' | 'ungranted' | 'readers' | 'label' | 'clearance' }

/** Undefined: there is none of that name. */
export function judge(model: Offer | undefined, { mode, label, who }: Asker): Judged {
  if (model === undefined) return { ok: false, why: 'absent' }
  if (model.open === 'nobody') return { ok: false, why: 'closed' }
  if (!model.to.some((one) => isIn(one, who))) return { ok: false, why: 'ungranted' }
  if (mode !== 'edit' && model.open !== 'readers') return { ok: false, why: 'readers' }
  if (!dominates(who.clearance, model.label)) return { ok: false, why: 'clearance' }
  return dominates(model.label, label) ? { ok: true, model } : { ok: false, why: 'label' }
}

/** Whether somebody may use it in some kernel of theirs. */
export const isFor = ({ open, to, label }: Offer, who: Subject): boolean =>
  open !== 'nobody' && to.some((one) => isIn(one, who)) && dominates(who.clearance, label)

/** What does not fit, in words; null: it does. Names of columns are the model's, or say only that there are others. */
export function misfit({ inputs }: Pick<Offer, 'inputs'>, columns: readonly Column[]): string | null {
  const given = new Map(columns.map((column) => [column.name, column]))
  if (given.size !== columns.length) return 'a column comes twice'
  const missing = inputs.find(({ name }) => !given.has(name))
  if (missing) return `its input “${missing.name}” is missing`
  if (columns.length !== inputs.length) return 'there are columns that it does not take'
  const other = inputs.find(({ name, type }) => given.get(name)?.type !== type)
  if (other) return `its input “${other.name}” is of type ${other.type}`
  return new Set(columns.map(({ values }) => values.length)).size === 1 ? null : 'its columns are not equally long'
}
