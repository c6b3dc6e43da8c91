// A search of the library by a kernel: answered by what its person may see, on record and counted in the kernel's label before
// the answer is given. By meaning, too, where that may be asked; the answer says how it was found.
import { createHmac } from 'node:crypto'
import type { KB_CALLS } from '#protocol/library/kb.ts'
import { join, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { type Asked, type Meaning, wordsOnly } from '../knowledge/meaning.ts'
import { clearanceOf } from '../policy/preview.ts'
import type { Found, Knowledge } from '../seams/knowledge.ts'
import type { Store } from '../seams/store.ts'
import type { Answers } from './answers.ts'
import { writtenSearch } from './holding.ts'
import { askerOf } from './rule.ts'
import { Declined, type Ruling } from './ruling.ts'

type Given = Pick<Store, 'knowledge' | 'audit' | 'governance'>

export function makeKb(
  ruling: Ruling,
  { knowledge, audit, governance }: Given,
  meaning: Meaning,
): Answers<keyof typeof KB_CALLS> {
  /** What they may see now. Refused who is no member, on record. */
  async function clearedFor(asked: Caller & { readonly query: string }, preview?: Profile): Promise<Label> {
    const who = await ruling.subject(asked.person)
    if (who.member) return clearanceOf(who, preview)
    await audit.append({ kind: 'search-decided', ...asked, decision: { allowed: false, why: 'ungranted' } }, ruling.now())
    throw new Declined('library-members', { contact: ruling.contact() })
  }
  return {
    'kb.search': async ({ spec, data }, { query, limit }) => {
      if (data === null) throw new Declined('not-here', {})
      const asked = { ...caller(spec), query: digest(query, ruling.key) }
      await clearedFor(asked, spec.preview)
      const taint = await ruling.taint(spec.id)
      const record = () => audit.append({ kind: 'search-sent', ...asked, label: taint }, ruling.now())
      const said = await meaning.of({ spec, query: limit === 0 ? '' : query, label: taint, record })
      const clearance = await clearedFor(asked, spec.preview) // the endpoint took its time
      const { found, ranking } = await searched(knowledge, query, said, clearance, limit)
      const label = found.map((one) => one.label).reduce(join, LOWEST)
      const decision = { allowed: true, documents: documentsOf(found), passages: found.length, label } as const
      await audit.append({ kind: 'search-decided', ...asked, decision }, ruling.now())
      if (found.length > 0) await governance.raise(spec.id, label, writtenSearch(label))
      return { documents: found.map(({ document: _, ...shown }) => shown), ranking }
    },
  }
}

async function searched(knowledge: Knowledge, query: string, said: Asked, clearance: Label, limit: number) {
  if (said.meant === null) return { found: await knowledge.search(query, clearance, limit), ranking: said.ranking }
  const { found, compared } = await knowledge.hybrid(query, said.meant, clearance, limit)
  return { found, ranking: compared === 0 ? wordsOnly('unprepared') : ({ by: 'hybrid' } as const) }
}

type Caller = ReturnType<typeof caller>
const caller = (spec: KernelSpec) => ({ ...askerOf(spec), version: null }) as const

const documentsOf = (found: readonly Found[]) => [...new Set(found.map(({ document }) => document))]

const digest = (query: string, key: Uint8Array) => createHmac('sha256', key).update(JSON.stringify({ query })).digest('hex')
