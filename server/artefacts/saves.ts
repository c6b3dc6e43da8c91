// The life of a save: the kernel hands it over to the data plane as an intake; when all is there the data plane keeps it as a file, and
// with its label, which counts all that the kernel has read by then, it comes into the book. That is when it is saved: a file without
// an entry is nobody's.

import { randomBytes } from 'node:crypto'
import type { ArtefactId } from '#protocol/ids.ts'
import type { Answered, Asked } from '#protocol/library.ts'
import { ARTEFACT, NOTEBOOK, READ } from '#protocol/limits.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import { sizeText } from '#protocol/size.ts'
import type { Clock } from '#protocol/wire.ts'
import { inputsOf } from '../data/inputs.ts'
import { Declined, type Ruling } from '../data/ruling.ts'
import type { RefusalCode } from '../data/words.ts'
import { mint } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Artefacts, NewArtefact, StoredArtefact } from '../seams/artefacts.ts'
import type { ARTEFACT_DENIALS } from '../seams/audit.ts'
import { aboutPerson, type DataPlane, type Handed, type Kept, type TakenIn } from '../seams/dataPlane.ts'
import { counted } from '../text.ts'
import type { Files } from './files.ts'

type Ask = Asked<'artefacts.save'>
type Outcome = StoredArtefact | Declined
/** One that was admitted. */
type Save = {
  readonly spec: KernelSpec
  readonly ask: Ask
  readonly plan: string
  readonly artefact: ArtefactId
  readonly begun: PromiseWithResolvers<string>
  readonly taken: PromiseWithResolvers<string> // why not, or that it was
  readonly kept: PromiseWithResolvers<Kept>
  readonly ended: Promise<Outcome>
}
type Given = {
  readonly ruling: Ruling
  readonly artefacts: Artefacts
  readonly files: Files
  readonly plane: DataPlane | null
  readonly clock: Clock
  readonly log: Log
  /** Bytes left on the disk. */
  readonly free: () => number
}

const RIGHTS = 1 // the epoch of a kernel's rights, as in data/reads.ts
const KEPT = 200 // saves whose end is remembered; of older ones the book tells
const SECOND = 1000
const SLACK = 10 * SECOND // beyond what the data plane itself allows
const GONE = 'cut'
const NOT_ENDED = 'a save was not brought to its end'

/** What the data plane says of an end, in words for the person. The rest is `artefact-failed`. */
const CODES: Readonly<Record<string, RefusalCode>> = {
  revoked: 'artefact-revoked',
  busy: 'artefact-busy',
  cut: 'artefact-cut',
  'unknown-plan': 'artefact-cut',
  'bad-value': 'artefact-value',
  'too-large': 'artefact-large',
  'too-many-rows': 'artefact-rows',
  'too-long': 'artefact-late',
  'not-arrow': 'artefact-shape',
  'not-picture': 'artefact-shape',
  'other-columns': 'artefact-shape',
  'not-frames': 'artefact-shape',
  'too-many': 'artefact-many',
  'person-full': 'artefact-full',
  'workspace-full': 'artefact-workspace-full',
}

/** Of what is on record as refused. What only waits for others, or was never asked, is not. */
const WHY: Partial<Record<RefusalCode, (typeof ARTEFACT_DENIALS)[number]>> = {
  'artefact-members': 'members',
  'artefact-disk': 'room',
  'artefact-many': 'room',
  'artefact-full': 'room',
  'artefact-workspace-full': 'room',
  'artefact-large': 'content',
  'artefact-rows': 'content',
  'artefact-pixels': 'content',
  'artefact-shape': 'content',
  'artefact-value': 'content',
  'artefact-revoked': 'revoked',
  'artefact-late': 'cut',
  'artefact-cut': 'cut',
  'artefact-failed': 'failed',
}

export class Saves {
  readonly #given: Given
  readonly #asked = new Map<string, Promise<Save>>() // by kernel and save
  readonly #open = new Map<string, Save>() // by plan, until it has ended
  readonly #load = new Map<string, number>() // how many of each person are open

  constructor(given: Given) {
    this.#given = given
  }

  /** Asked again with the same id it is the same save. */
  async save({ spec, data }: KernelState, ask: Ask): Promise<Answered<'artefacts.save'>> {
    if (data === null) throw new Declined('not-here', {})
    const key = keyOf(spec, ask)
    const known = this.#asked.get(key) ?? this.#admit(spec, data, ask)
    this.#asked.set(key, known)
    known.catch(() => this.#asked.delete(key)) // a refusal is decided anew
    const save = await known
    if (JSON.stringify(save.ask) !== JSON.stringify(ask))
      throw new Declined('bad-question', { table: ask.name, detail: 'this save is another one' })
    return { plan: save.plan }
  }

  async #admit(spec: KernelSpec, door: string, ask: Ask): Promise<Save> {
    const others = this.#load.get(spec.person) ?? 0
    if (others >= ARTEFACT.atOnce) throw this.#declined(ask.name, 'artefact-busy')
    this.#load.set(spec.person, others + 1)
    try {
      const save = await this.#begin(spec, door, ask)
      void save.ended.finally(() => this.#leave(spec.person))
      return save
    } catch (error) {
      this.#leave(spec.person)
      if (error instanceof Declined) await this.#unsaved(spec, ask, error)
      throw error
    }
  }

  async #unsaved(spec: KernelSpec, { content }: Ask, { code }: Declined): Promise<void> {
    const why = WHY[code]
    if (why !== undefined) await this.#given.ruling.unsaved(spec, content.kind, why)
  }

  #leave(person: string): void {
    const others = (this.#load.get(person) ?? 1) - 1
    if (others > 0) this.#load.set(person, others)
    else this.#load.delete(person)
  }

  async #begin(spec: KernelSpec, door: string, ask: Ask): Promise<Save> {
    const { ruling, plane, free } = this.#given
    const policy = await ruling.epoch()
    if (!(await ruling.subject(spec.person)).member) throw this.#declined(ask.name, 'artefact-members')
    if (free() - ARTEFACT.bytes < NOTEBOOK.reserve) throw this.#declined(ask.name, 'artefact-disk')
    if ((await plane?.open(spec.id, door, RIGHTS)) !== 'taken') throw new Declined('unavailable', {})
    const plan = `q_${randomBytes(16).toString('base64url')}`
    const { seconds, bytes: size } = ARTEFACT
    const intake = {
      id: plan,
      kernel: spec.id,
      life: READ.planLife,
      seconds,
      size,
      policy,
      rights: RIGHTS,
      about: [aboutPerson(spec.person)],
    }
    const begun = { spec, ask, plan, artefact: mint('a'), begun: told<string>(), taken: told<string>(), kept: told<Kept>() }
    const { promise: ended, resolve } = told<Outcome>()
    const save: Save = { ...begun, ended }
    this.#open.set(plan, save) // before the data plane can say a word of it
    this.#forgetOldest()
    if ((await plane?.intake({ ...intake, ...handed(ask) })) !== 'taken') {
      this.#open.delete(plan)
      throw new Declined('unavailable', {})
    }
    void this.#carry(save).then(resolve)
    return save
  }

  #forgetOldest(): void {
    const [oldest] = this.#asked.keys()
    if (oldest !== undefined && this.#asked.size > KEPT) this.#asked.delete(oldest)
  }

  /** From what was announced to what is in the book, or why it is not. */
  async #carry(save: Save): Promise<Outcome> {
    const { spec, ask } = save
    try {
      return await this.#taken(save)
    } catch (error) {
      if (!(error instanceof Declined)) this.#given.log.error({ err: error, kernel: spec.id }, NOT_ENDED)
      const declined = error instanceof Declined ? error : this.#declined(ask.name, 'artefact-failed')
      await this.#unsaved(spec, ask, declined).catch((err: unknown) => this.#given.log.error({ err, kernel: spec.id }, NOT_ENDED))
      return declined
    } finally {
      this.#given.plane?.drop(save.plan)
      this.#open.delete(save.plan)
    }
  }

  async #taken(save: Save): Promise<StoredArtefact> {
    const begun = await this.#within(save.begun.promise, READ.planLife * SECOND + SLACK, GONE)
    const end = begun === GONE ? GONE : await this.#within(save.taken.promise, ARTEFACT.seconds * SECOND + SLACK, GONE)
    if (end !== 'taken') throw this.#why(save, end)
    const { ruling, plane } = this.#given
    const { plan, artefact, spec } = save
    const policy = await ruling.epoch()
    const label = await ruling.taint(spec.id) // all has been handed over: what is read from here on is not in it
    const inputs = await inputsOf(ruling, spec)
    const keep = { plan, kernel: spec.id, artefact, policy, rights: RIGHTS, about: [aboutPerson(spec.person)] }
    if ((await plane?.keep(keep)) !== 'taken') throw this.#why(save, GONE)
    const kept = await this.#within(save.kept.promise, ARTEFACT.keep + SLACK, { plan, bytes: 0, digest: '', end: GONE })
    if (kept.end !== 'complete') throw this.#why(save, kept.end)
    const { save: id, name, content } = save.ask
    const { bytes, digest } = kept
    const whose = { id: artefact, kernel: spec.id, save: id, notebook: spec.notebook, maker: spec.person, name }
    return this.#enter(save, { ...whose, kind: content.kind, bytes, digest, label, inputs, at: ruling.now() })
  }

  /** What does not come into the book leaves no file. */
  async #enter(save: Save, artefact: NewArtefact): Promise<StoredArtefact> {
    const { artefacts, files } = this.#given
    const added = await artefacts.add(artefact).catch(async (error: unknown) => {
      await files.remove(artefact.id)
      throw error
    })
    if (added === 'added') return { ...artefact, released: [], version: 1 }
    const same = added === 'again' ? await artefacts.saved(artefact.kernel, artefact.save) : null
    if (same) await files.renew(same.id, artefact.id)
    else await files.remove(artefact.id)
    if (same === null) throw this.#why(save, added)
    return same
  }

  /** `late`: what counts where nothing is heard in time. */
  async #within<T>(heard: Promise<T>, ms: number, late: T): Promise<T> {
    const { promise, resolve } = told<T>()
    const cancel = this.#given.clock.after(ms, () => resolve(late))
    return Promise.race([heard, promise]).finally(cancel)
  }

  takenIn({ plan, end }: TakenIn): void {
    const save = this.#open.get(plan)
    save?.begun.resolve(end)
    if (end !== 'begun') save?.taken.resolve(end)
  }

  kept(kept: Kept): void {
    this.#open.get(kept.plan)?.kept.resolve(kept)
  }

  /** The data plane is met anew: it knows nothing of what it was doing for a former connection. */
  met(): void {
    for (const { plan, begun, taken, kept } of this.#open.values()) {
      begun.resolve(GONE)
      taken.resolve(GONE)
      kept.resolve({ plan, bytes: 0, digest: '', end: GONE })
    }
  }

  /** Whether this is, or will be, an artefact's file. */
  async has(id: ArtefactId): Promise<boolean> {
    return [...this.#open.values()].some(({ artefact }) => artefact === id) || (await this.#given.artefacts.get(id)) !== null
  }

  /** What came of it; of a save that this gateway has not seen, what the book knows. */
  async saved({ spec }: KernelState, { save: id, name }: Asked<'artefacts.saved'>): Promise<StoredArtefact | null> {
    const save = await this.#asked.get(keyOf(spec, { save: id }))?.catch(() => undefined)
    if (save) {
      const outcome = await this.#within<Outcome | null>(save.ended, ARTEFACT.wait, null)
      if (outcome instanceof Declined) throw new Declined(outcome.code, outcome.filling)
      return outcome
    }
    const found = await this.#given.artefacts.saved(spec.id, id)
    if (found === null) throw this.#declined(name, 'artefact-cut')
    return found
  }

  #why({ ask }: Save, end: string): Declined {
    const code = end === 'too-large' && ask.content.kind === 'picture' ? 'artefact-pixels' : CODES[end]
    return this.#declined(ask.name, code ?? 'artefact-failed')
  }

  #declined(name: string, code: RefusalCode): Declined {
    return new Declined(code, {
      name,
      contact: this.#given.ruling.contact(),
      size: sizeText(SIZES[code] ?? ARTEFACT.bytes),
      rows: counted(ARTEFACT.rows),
      pixels: counted(ARTEFACT.pixels),
      limit: counted(ARTEFACT.perPerson),
    })
  }
}

const SIZES: Partial<Record<RefusalCode, number>> = {
  'artefact-full': ARTEFACT.stored,
  'artefact-workspace-full': ARTEFACT.all,
}
const told = <T>() => Promise.withResolvers<T>()
const keyOf = ({ id }: KernelSpec, { save }: { readonly save: string }) => `${id}/${save}`

function handed({ content }: Ask): Handed {
  switch (content.kind) {
    case 'table': {
      const columns = content.columns.map(({ name, type }) => [name, type] as const)
      return { kind: 'arrow', spec: { columns, rows: ARTEFACT.rows } }
    }
    case 'picture':
      return { kind: 'picture', spec: { pixels: ARTEFACT.pixels } }
    default:
      return { kind: 'bytes', spec: {} }
  }
}
