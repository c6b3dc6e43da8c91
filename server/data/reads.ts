// A read of a managed table: decided, written down, and only then handed to the data plane as a plan, which the kernel presents at
// its own door. What the plane says of its end is the second row of the record.
import { createHmac, randomBytes } from 'node:crypto'
import type { KernelId } from '#protocol/ids.ts'
import type { Answered, Asked } from '#protocol/library.ts'
import { READ } from '#protocol/limits.ts'
import type { KernelSpec, KernelState } from '#protocol/runner.ts'
import { Dialect, quoted } from '../policy/dialect.ts'
import { type Look, type Misunderstood, statement, understand } from '../policy/question.ts'
import { summarise, summaryStatement } from '../policy/summary.ts'
import { type Limiter, makeLimiter } from '../rate.ts'
import { aboutPerson, aboutTable, type DataPlane, type Done, type Plan, type Statement } from '../seams/dataPlane.ts'
import { narrow } from './narrow.ts'
import { Declined, type Denial, type Ruling } from './ruling.ts'
import { columnsOf, declined, lookFrom, type Sight } from './sight.ts'
import type { RefusalCode } from './words.ts'

type Planned = Answered<'tables.read'>
type Begun = { readonly spec: KernelSpec; readonly table: string; readonly seq: number }
/** What is asked of a view, compiled. */
type Compiled = {
  readonly ok: true
  readonly look: Look
  readonly statement: Statement
  readonly limit: number | null
  readonly columns: Planned['columns']
}
type Compile = (sight: Sight, dialect: Dialect) => Compiled | Misunderstood

const RIGHTS = 1 // the epoch of a kernel's rights: they do not change while it lives, yet
const RATE = { burst: READ.burst, perSecond: READ.perSecond }
const PENDING = 10_000 // reads whose end is awaited; the oldest is given up

/** What the record calls a refusal of the question itself. */
const DENIAL: Partial<Record<RefusalCode, Denial>> = {
  'column-absent': 'question',
  'bad-question': 'question',
  'too-large': 'limit',
  unavailable: 'failed',
}

export class Reads {
  readonly #ruling: Ruling
  readonly #plane: DataPlane | null
  readonly #limiter: Limiter
  readonly #begun = new Map<string, Begun>() // by plan

  constructor(ruling: Ruling, plane: DataPlane | null) {
    this.#ruling = ruling
    this.#plane = plane
    this.#limiter = makeLimiter(ruling.now)
  }

  read(kernel: KernelState, ask: Asked<'tables.read'>): Promise<Planned> {
    return this.#plan(kernel, ask.table, ({ table, view }, dialect) => {
      const answer = understand(view, ask)
      if (!answer.ok) return answer
      const { understood } = answer
      const compiled = statement(view, understood, quoted(table.name), dialect, keyFor(this.#ruling.key, kernel.spec))
      return { ok: true, look: understood, statement: compiled, limit: ask.limit, columns: columnsOf(table, understood.columns) }
    })
  }

  query(kernel: KernelState, ask: Asked<'tables.query'>): Promise<Planned> {
    return this.#plan(kernel, ask.table, ({ table, view }, dialect) => {
      const answer = summarise(view, ask)
      if (!answer.ok) return answer
      const { summed } = answer
      const compiled = summaryStatement(view, summed, quoted(table.name), dialect, keyFor(this.#ruling.key, kernel.spec))
      const parts = summed.parts.map(({ as, type }) => ({ name: as, type, masked: null, description: '' }))
      return {
        ok: true,
        look: summed,
        statement: compiled,
        limit: ask.limit,
        columns: [...columnsOf(table, summed.by), ...parts],
      }
    })
  }

  async #plan({ spec, data }: KernelState, name: string, compile: Compile): Promise<Planned> {
    if (data === null) throw new Declined('not-here', {})
    if (this.#plane === null) throw new Declined('unavailable', {})
    const seconds = this.#limiter(spec.person, RATE) // how long a read takes says a little of what is not seen
    if (seconds > 0) throw new Declined('read-often', { table: name, seconds: String(seconds) })
    const policy = await this.#ruling.epoch() // before anything it stands for is read
    const looked = await lookFrom(this.#ruling, name, spec)
    if (!looked.ok) {
      await this.#ruling.refuse(spec, looked.table && name, looked.why)
      throw declined(this.#ruling, name, looked.why, looked.table)
    }
    try {
      const spoken = this.#plane.dialect()
      if (spoken === null) throw new Declined('unavailable', {})
      const dialect = new Dialect(spoken)
      const compiled = understood(compile(looked.sight, dialect), name)
      return await this.#hand(this.#plane, spec, data, looked.sight, { ...compiled, dialect }, policy)
    } catch (error) {
      const why = error instanceof Declined ? DENIAL[error.code] : undefined
      if (why !== undefined) await this.#ruling.refuse(spec, name, why)
      throw error
    }
  }

  /** On record first, then with the data plane; only then does the kernel hear of it. */
  async #hand(
    plane: DataPlane,
    spec: KernelSpec,
    door: string,
    { table, version, view }: Sight,
    compiled: Compiled & { readonly dialect: Dialect },
    policy: number,
  ): Promise<Planned> {
    if (compiled.limit === null) await narrow(plane, compiled.dialect, table.name, compiled)
    if ((await plane.open(spec.id, door, RIGHTS)) !== 'taken') throw new Declined('unavailable', {})
    const plan = planOf(spec.id, compiled, policy, [aboutTable(table.name), aboutPerson(spec.person)])
    this.#await(plan.id, { spec, table: table.name, seq: await this.#ruling.admit(spec, view, version, compiled.look) })
    const same = plane.dialect() === compiled.dialect.name // or it was met anew, with another engine
    if (!same || (await plane.plan(plan)) !== 'taken') throw new Declined('unavailable', {})
    return { plan: plan.id, columns: compiled.columns, filtered: view.filtered, label: compiled.look.label }
  }

  /** A plan that was presented has ended. */
  async ended(done: Done): Promise<void> {
    const begun = this.#begun.get(done.plan)
    this.#begun.delete(done.plan)
    if (begun) await this.#ruling.ended(begun.spec, begun.table, begun.seq, done)
  }

  #await(plan: string, begun: Begun): void {
    this.#begun.set(plan, begun)
    const [oldest] = this.#begun.keys()
    if (oldest !== undefined && this.#begun.size > PENDING) this.#begun.delete(oldest)
  }
}

/** In a preview hashes are its own: whoever sees a value would else learn under which hash it stands where they see no more of it. */
const keyFor = (key: Uint8Array, { id, preview }: KernelSpec): Uint8Array =>
  preview ? createHmac('sha256', key).update(`preview ${id}`).digest() : key

function understood(answer: Compiled | Misunderstood, table: string): Compiled {
  if (answer.ok) return answer
  throw answer.why === 'column-absent'
    ? new Declined(answer.why, { table, column: answer.column })
    : new Declined(answer.why, { table, detail: answer.detail })
}

const planOf = (kernel: KernelId, { statement: compiled, limit }: Compiled, policy: number, about: Plan['about']): Plan => ({
  id: `q_${randomBytes(16).toString('base64url')}`,
  kernel,
  ...compiled,
  life: READ.planLife,
  seconds: READ.seconds,
  rows: limit === null ? READ.rows : null,
  size: limit === null ? READ.bytes : null, // a limit that was asked for is held by the kernel's own memory
  policy,
  rights: RIGHTS,
  about,
})
