// Whether a kernel may write, decided for the person it is: before it hands anything over, and again when all is there.
import type { Asked } from '#protocol/library.ts'
import type { Label } from '#protocol/policy/label.ts'
import { TableName } from '#protocol/policy/policy.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { type Birth, mayMake, mayWrite, ownName, type Target, type Unwritable } from '../policy/write.ts'
import { labelWords } from '../text.ts'
import { Declined, type Ruling } from './ruling.ts'
import { declined, look } from './sight.ts'
import type { Filling, RefusalCode } from './words.ts'
import type { WriteDenial } from './writing.ts'

type Ask = Asked<'tables.write'>
/** `version`: of the policy that decided. `birth`: the table, where it is made. `filling`: whom to ask about it. */
export type Granted = {
  readonly ok: true
  readonly target: Target
  readonly birth: Birth | null
  readonly version: number
  readonly label: Label
  readonly filling: Filling
}
export type Verdict =
  | Granted
  | { readonly ok: false; readonly why: WriteDenial; readonly table: string | null; readonly refusal: Declined }

export async function judge(ruling: Ruling, spec: KernelSpec, ask: Ask): Promise<Verdict> {
  return ask.mode === 'create' ? making(ruling, spec, ask) : changing(ruling, spec, ask, ask.mode)
}

async function changing(ruling: Ruling, spec: KernelSpec, ask: Ask, mode: 'append' | 'replace'): Promise<Verdict> {
  const who = await ruling.subject(spec.person)
  const looked = await look(ruling, ask.table, who)
  if (!looked.ok) {
    const refusal = declined(ruling, ask.table, looked.why, looked.table)
    return { ok: false, why: looked.why, table: looked.table && ask.table, refusal }
  }
  const { sight } = looked
  const taint = await ruling.taint(spec.id)
  const filling = { table: ask.table, owner: ruling.nameOf(sight.table.owner), contact: ruling.contact() }
  const answer = mayWrite(sight, { mode, columns: ask.columns }, { who, now: ruling.now(), taint })
  if (answer.ok) return { ok: true, target: answer, birth: null, version: sight.version, label: taint, filling }
  const labels = { target: labelWords(sight.table.label), label: labelWords(taint) }
  return refused(answer, ask.table, { ...filling, ...labels }, 'write-ungranted')
}

async function making(ruling: Ruling, spec: KernelSpec, ask: Ask): Promise<Verdict> {
  const who = await ruling.subject(spec.person)
  const { workspace, version } = await ruling.workspace()
  const taint = await ruling.taint(spec.id)
  const name = ownName(spec.person, ask.table)
  const filling = { table: name, owner: ruling.nameOf(spec.person), contact: ruling.contact() }
  const answer = mayMake({ name, columns: ask.columns, who, now: ruling.now(), taint, workspace })
  if (!answer.ok) {
    const labels = { target: labelWords(who.clearance), label: labelWords(taint) }
    return refused(answer, null, { ...filling, ...labels }, 'create-ungranted')
  }
  const wrong = !TableName.safeParse(name).success || !name.isWellFormed()
  if (wrong)
    return refused({ ok: false, why: 'schema', detail: 'its name is no name of a table' }, null, filling, 'create-ungranted')
  if (await isTaken(ruling, name)) return { ok: false, why: 'taken', table: null, refusal: new Declined('table-taken', filling) }
  return { ok: true, target: answer.target, birth: answer.birth, version, label: taint, filling }
}

/** Engines know names whatever their case. */
async function isTaken(ruling: Ruling, name: string): Promise<boolean> {
  const tables = await ruling.tables()
  return tables.some((table) => table.name.toLowerCase() === name.toLowerCase())
}

function refused(answer: Unwritable, table: string | null, filling: Filling, ungranted: RefusalCode): Verdict {
  const no = (why: WriteDenial, code: RefusalCode, more: Filling = {}): Verdict => ({
    ok: false,
    why,
    table,
    refusal: new Declined(code, { ...filling, ...more }),
  })
  switch (answer.why) {
    case 'ungranted':
      return no('unwritable', ungranted)
    case 'label':
      return no('label', 'write-label')
    case 'masked':
      return answer.column === null ? no('masked', 'replace-masked') : no('masked', 'write-masked', { column: answer.column })
    case 'schema':
      return no('schema', 'write-schema', { detail: answer.detail })
  }
}
