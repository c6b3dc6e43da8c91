// What a kernel asks of artefacts: to save one, what came of that, and which there are for it.
import type { ARTEFACT_CALLS } from '#protocol/library/artefacts.ts'
import { ARTEFACTS_LISTED } from '#protocol/library/artefacts.ts'
import type { Answered } from '#protocol/library.ts'
import { dominates } from '#protocol/policy/label.ts'
import type { Answers } from '../data/answers.ts'
import type { Ruling } from '../data/ruling.ts'
import type { Artefacts, StoredArtefact } from '../seams/artefacts.ts'
import { mayOpen } from './rule.ts'
import type { Saves } from './saves.ts'

type Listed = Answered<'artefacts.list'>['artefacts'][number]

export function makeArtefacts(ruling: Ruling, artefacts: Artefacts, saves: Saves): Answers<keyof typeof ARTEFACT_CALLS> {
  const listed = ({ id, name, kind, bytes, label, maker, at }: StoredArtefact): Listed => ({
    id,
    name,
    kind,
    bytes,
    label,
    maker: ruling.nameOf(maker),
    at,
  })
  return {
    'artefacts.save': (kernel, ask) => saves.save(kernel, ask),
    'artefacts.saved': async (kernel, ask) => {
      const artefact = await saves.saved(kernel, ask)
      return artefact === null ? { state: 'waits' } : { state: 'saved', artefact: listed(artefact) }
    },
    'artefacts.list': async ({ spec }) => {
      const [who, taint] = [await ruling.subject(spec.person), await ruling.taint(spec.id)]
      const all = (await artefacts.list()).filter((artefact) => mayOpen(artefact, who) && dominates(taint, artefact.label))
      return { artefacts: all.slice(0, ARTEFACTS_LISTED).map(listed) }
    },
  }
}
