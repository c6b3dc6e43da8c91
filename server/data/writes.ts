// The life of a write: decided and on record, it is handed over to the data plane as an intake; when all is there it is decided again,
// with what the kernel has read by then, and only then brought into the table, in one transaction. The kernel asks what came of it.

import { randomBytes } from 'node:crypto'
import type { WRITES_CALLS } from '#protocol/library/writes.ts'
import type { Answered, Asked } from '#protocol/library.ts'
import { READ, WRITE } from '#protocol/limits.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import { sizeText } from '#protocol/size.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Log } from '../log.ts'
import { Dialect } from '../policy/dialect.ts'
import { type Birth, type Named, ownName, type Target } from '../policy/write.ts'
import { stepsOf } from '../policy/writeSql.ts'
import { aboutPerson, aboutTable, type DataPlane, type Taken, type TakenIn, type Wrote } from '../seams/dataPlane.ts'
import { counted } from '../text.ts'
import type { Answers } from './answers.ts'
import { inputsOf } from './inputs.ts'
import { Declined, type Ruling } from './ruling.ts'
import type { Filling, RefusalCode } from './words.ts'
import { judge } from './writeVerdict.ts'
import type { WriteEnd, Writing } from './writing.ts'

type Ask = Asked<'tables.write'>
type Written = Answered<'tables.written'>
type Outcome = { readonly table: string; readonly rows: number } | Declined
/** One that was admitted. `making`: the table that will be there once it is written. */
type Write = {
  readonly spec: KernelSpec
  readonly ask: Ask
  readonly plan: string
  readonly table: string
  readonly columns: readonly Named[]
  readonly seq: number
  readonly filling: Filling
  making: Birth | null
  outcome: Outcome | null
  readonly ended: PromiseWithResolvers<void>
  cancel: () => void
}

const RIGHTS = 1 // the epoch of a kernel's rights, as in reads.ts
const KEPT = 200 // writes whose end can be asked for; of the oldest the data plane still knows whether it happened
const SECOND = 1000
const EDITS = 2 // that a new table makes: itself, and its policy
const SLACK = 10 * SECOND // beyond what the data plane itself allows

/** What the data plane says of an end, in words for the person. The rest is `write-failed`. */
const CODES: Readonly<Record<string, RefusalCode>> = {
  outside: 'write-outside',
  conflict: 'write-conflict',
  revoked: 'write-revoked',
  busy: 'write-busy',
  cut: 'write-cut',
  'bad-value': 'write-value',
  'too-large': 'write-large',
  'too-many-rows': 'write-large',
  'too-long': 'write-late',
  'read-only': 'write-engine',
  unfit: 'write-unfit',
}
const ENDS: Readonly<Record<string, WriteEnd>> = { outside: 'refused', revoked: 'refused', cut: 'cut' }

export const makeWrites = (writes: Writes): Answers<keyof typeof WRITES_CALLS> => ({
  'tables.write': (kernel, ask) => writes.write(kernel, ask),
  'tables.written': (kernel, ask) => writes.written(kernel, ask),
})

export class Writes {
  readonly #ruling: Ruling
  readonly #writing: Writing
  readonly #plane: DataPlane | null
  readonly #clock: Clock
  readonly #log: Log
  readonly #asked = new Map<string, Promise<Write>>() // by kernel and write
  readonly #open = new Map<string, Write>() // by plan, until it has ended
  readonly #load = new Map<string, number>() // how many of each person are open
  readonly #names = new Set<string>() // of tables that are being made

  constructor(ruling: Ruling, writing: Writing, plane: DataPlane | null, clock: Clock, log: Log) {
    this.#ruling = ruling
    this.#writing = writing
    this.#plane = plane
    this.#clock = clock
    this.#log = log
  }

  /** Asked again with the same id it is the same write. */
  async write({ spec, data }: KernelState, ask: Ask): Promise<Answered<'tables.write'>> {
    if (data === null) throw new Declined('not-here', {})
    const plane = this.#plane
    if (plane === null) throw new Declined('unavailable', {})
    const key = keyOf(spec, ask)
    const known = this.#asked.get(key) ?? this.#admit(spec, ask, () => this.#begin(plane, spec, data, ask))
    this.#asked.set(key, known)
    known.catch(() => this.#asked.delete(key)) // a refusal is decided anew
    const write = await known
    if (JSON.stringify(write.ask) !== JSON.stringify(ask))
      throw new Declined('bad-question', { table: ask.table, detail: 'this write is another one' })
    return { plan: write.plan, columns: [...write.columns] }
  }

  /** So many of one person at once: the data plane has few places for all. */
  async #admit(spec: KernelSpec, ask: Ask, begin: () => Promise<Write>): Promise<Write> {
    const { person } = spec
    const others = this.#load.get(person) ?? 0
    const contact = this.#ruling.contact()
    if (others >= WRITE.perPerson) throw new Declined('write-busy', { table: ask.table, contact })
    this.#load.set(person, others + 1)
    try {
      const write = await begin()
      void write.ended.promise.then(() => this.#leave(person))
      return write
    } catch (error) {
      this.#leave(person)
      throw error
    }
  }

  #leave(person: string): void {
    const others = (this.#load.get(person) ?? 1) - 1
    if (others > 0) this.#load.set(person, others)
    else this.#load.delete(person)
  }

  async #begin(plane: DataPlane, spec: KernelSpec, door: string, ask: Ask): Promise<Write> {
    const policy = await this.#ruling.epoch() // before anything it stands for is read
    const verdict = await judge(this.#ruling, spec, ask)
    if (!verdict.ok) {
      await this.#writing.refuse(spec, ask, verdict.table, verdict.why)
      throw verdict.refusal
    }
    const { target, filling } = verdict
    if ((await plane.open(spec.id, door, RIGHTS)) !== 'taken') throw new Declined('unavailable', {})
    if (!plane.writes()) throw new Declined('write-engine', filling)
    const { columns } = target
    const allowed = {
      table: target.table,
      columns: columns.map(({ name }) => name),
      policy: verdict.version,
      label: verdict.label,
    }
    const seq = await this.#writing.admit(spec, ask, { ...allowed, rules: target.because })
    const plan = `q_${randomBytes(16).toString('base64url')}`
    const ended = Promise.withResolvers<void>()
    const write: Write = {
      spec,
      ask,
      plan,
      table: target.table,
      columns,
      seq,
      filling,
      making: null,
      outcome: null,
      ended,
      cancel() {},
    }
    this.#keep(write)
    const { seconds, bytes: size, rows } = WRITE
    const intake = {
      id: plan,
      kernel: spec.id,
      kind: 'arrow',
      spec: { columns: tuples(columns), rows },
      life: READ.planLife,
    } as const
    if ((await plane.intake({ ...intake, seconds, size, policy, rights: RIGHTS, about: aboutOf(write) })) !== 'taken') {
      await this.#settle(write, new Declined('unavailable', {}), 'failed')
      throw new Declined('unavailable', {})
    }
    this.#within(write, READ.planLife)
    return write
  }

  #keep(write: Write): void {
    this.#open.set(write.plan, write)
    const [oldest] = this.#asked.keys()
    if (oldest !== undefined && this.#asked.size > KEPT) this.#asked.delete(oldest)
  }

  /** Whoever says nothing for longer than it may take has gone. */
  #within(write: Write, seconds: number): void {
    write.cancel()
    write.cancel = this.#clock.after(seconds * SECOND + SLACK, () => this.#run(this.#recover(write)))
  }

  /** What was handed over is there, or why not. */
  takenIn({ plan, end, column }: TakenIn): void {
    const write = this.#open.get(plan)
    if (!write) return
    if (end === 'begun') this.#within(write, WRITE.seconds)
    else this.#run(end === 'taken' ? this.#commit(write) : this.#settle(write, fault(write, end, column), ENDS[end] ?? 'failed'))
  }

  /** Decided again: what the kernel has read by now counts. */
  async #commit(write: Write): Promise<void> {
    const policy = await this.#ruling.epoch()
    const { spec, ask } = write
    const verdict = await judge(this.#ruling, spec, { ...ask, columns: write.columns })
    if (!verdict.ok) return this.#settle(write, verdict.refusal, 'refused')
    const name = write.table.toLowerCase()
    if (verdict.birth) {
      if (this.#names.has(name)) return this.#settle(write, new Declined('table-taken', write.filling), 'refused')
      this.#names.add(name)
      write.making = verdict.birth
    }
    this.#within(write, WRITE.commit)
    await this.#writing.sources(spec, ask.mode, write.table, await inputsOf(this.#ruling, spec))
    const taken = await this.#order(write, verdict.target, policy)
    if (taken !== 'taken') await this.#recover(write) // it may have come
  }

  /** In the words of the engine of now. */
  async #order(write: Write, target: Target, policy: number): Promise<Taken> {
    const { spec, ask, plan, columns } = write
    const spoken = this.#plane?.dialect() ?? null
    if (this.#plane === null || spoken === null) return 'absent'
    const order = { plan, write: ask.write, kernel: spec.id, columns: tuples(columns), seconds: WRITE.commit }
    const makes = target.mode === 'create' ? target.table : null
    return this.#plane.commit({
      ...order,
      makes,
      steps: stepsOf(target, new Dialect(spoken)),
      policy,
      rights: RIGHTS,
      about: aboutOf(write),
    })
  }

  wrote({ plan, rows, end }: Wrote): void {
    const write = this.#open.get(plan)
    if (!write) return
    const refused = () => this.#settle(write, declinedBy(write, end), ENDS[end] ?? 'failed')
    this.#run(end === 'complete' ? this.#complete(write, rows) : refused())
  }

  /** A table that was made is in the engine now; it comes into the catalogue before anybody hears of it. */
  async #complete(write: Write, rows: number): Promise<void> {
    if (write.making) {
      const { taken, before, after } = await this.#writing.publish(write.making)
      if (taken) return this.#settle(write, new Declined('table-taken', write.filling), 'failed')
      this.#plane?.policy(after, after - before === EDITS ? { since: before, about: [aboutTable(write.table)] } : undefined)
    }
    await this.#settle(write, { table: write.table, rows }, 'complete')
  }

  async #settle(write: Write, outcome: Outcome, end: WriteEnd): Promise<void> {
    if (!this.#open.delete(write.plan)) return // it has ended
    write.cancel()
    if (write.making) this.#names.delete(write.table.toLowerCase())
    if (outcome instanceof Declined) this.#plane?.drop(write.plan)
    write.outcome = outcome
    write.ended.resolve()
    await this.#writing.ended(write.spec, write.table, write.seq, outcome instanceof Declined ? 0 : outcome.rows, end)
  }

  /** The data plane is met anew: what it was doing for a former connection is done, or never will be. */
  met(): void {
    for (const write of [...this.#open.values()]) this.#run(this.#recover(write))
  }

  /** Where the data plane is away nobody knows, until it is met. */
  async #recover(write: Write): Promise<void> {
    const rows = await this.#plane?.written(write.ask.write, write.spec.id, write.plan)
    if (typeof rows === 'number') return this.#complete(write, rows)
    if (rows === null) await this.#settle(write, declinedBy(write, 'cut'), 'cut')
  }

  /** What came of it; of a write that this gateway has not seen, what the data plane knows. */
  async written({ spec }: KernelState, ask: Asked<'tables.written'>): Promise<Written> {
    const write = await this.#asked.get(keyOf(spec, ask))?.catch(() => undefined)
    if (!write) return this.#remembered(spec, ask)
    const late = Promise.withResolvers<void>()
    const cancel = this.#clock.after(WRITE.wait, late.resolve)
    await Promise.race([write.ended.promise, late.promise])
    cancel()
    const { outcome } = write
    if (outcome === null) return { state: 'waits' }
    if (outcome instanceof Declined) throw new Declined(outcome.code, outcome.filling)
    return { state: 'written', ...outcome }
  }

  async #remembered(spec: KernelSpec, { write, table, mode }: Asked<'tables.written'>): Promise<Written> {
    const name = mode === 'create' ? ownName(spec.person, table) : table
    const rows = await this.#plane?.written(write, spec.id)
    if (rows === undefined || rows === 'absent') throw new Declined('unavailable', {})
    if (rows !== null && (await this.#ruling.table(name)) !== null) return { state: 'written', table: name, rows }
    throw new Declined('write-cut', { table: name, contact: this.#ruling.contact() })
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#log.error({ err: error }, 'a write was not brought to its end'))
  }
}

const tuples = (columns: readonly Named[]) => columns.map(({ name, type }) => [name, type] as const)
const aboutOf = ({ table, spec }: Write) => [aboutTable(table), aboutPerson(spec.person)]
const keyOf = ({ id }: KernelSpec, { write }: { readonly write: string }) => `${id}/${write}`

const declinedBy = ({ filling }: Write, end: string, more: Filling = {}): Declined =>
  new Declined(CODES[end] ?? 'write-failed', {
    ...filling,
    rows: counted(WRITE.rows),
    size: sizeText(WRITE.bytes),
    ...more,
  })

function fault(write: Write, end: string, column: number | null): Declined {
  const name = column === null ? undefined : write.columns[column]?.name
  return declinedBy(write, end, name === undefined ? {} : { column: name })
}
