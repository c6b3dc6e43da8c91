// The connection to the data plane, kept up: JSON lines, each answered under its id. A plane that is met anew knows nothing: it is told the
// policies' epoch and no kernel, so that what it ran for a former gateway is cut.
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import type { Clock } from '#protocol/wire.ts'
import type { Log } from '../log.ts'
import {
  type Asked,
  type Commit,
  type DataPlane,
  DIALECTS,
  type DialectName,
  type Hear,
  type Intake,
  type Keep,
  type Plan,
  type Taken,
} from '../seams/dataPlane.ts'

const RETRY = { first: 50, last: 1000 } as const
const DEADLINE = 10_000 // ms for an answer beyond what the question itself may take
const ASKS = 4 // at once; the next waits for its turn
const SECOND = 1000

const Answer = z.union([
  z.object({
    id: z.int(),
    ok: z.literal(true),
    rows: z.optional(z.array(z.array(z.unknown()))),
    tables: z.optional(z.record(z.string(), z.unknown())),
    engine: z.optional(z.string()),
    writes: z.optional(z.boolean()),
  }),
  z.object({ id: z.int(), error: z.string() }),
])
type Answer = z.infer<typeof Answer>
const Engine = z.object({ engine: z.enum(DIALECTS), writes: z.boolean() })
const Ended = z.object({ plan: z.string(), rows: z.int(), end: z.enum(['complete', 'cut', 'failed']) })
const TakenIn = z.object({ plan: z.string(), end: z.string(), column: z.nullable(z.int()) })
const Wrote = z.object({ plan: z.string(), rows: z.int(), end: z.string() })
const Kept = z.object({ plan: z.string(), bytes: z.int(), digest: z.string(), end: z.string() })
const Told = z.union([
  z.object({ done: Ended }),
  z.object({ intake: TakenIn }),
  z.object({ wrote: Wrote }),
  z.object({ kept: Kept }),
])
type Request = Readonly<Record<string, unknown>>
type Options = { readonly socket: string; readonly clock: Clock; readonly log: Log }

export function dataPlane(options: Options): DataPlane {
  return new Plane(options)
}

class Plane implements DataPlane {
  readonly #options: Options
  readonly #waiting = new Map<number, (answer: Answer | null) => void>() // by the id of the request
  readonly #turns: (() => void)[] = [] // of asks that wait for another to end
  #asking = 0
  #last = 0
  #greeting: { epoch(): Promise<number> } & Hear = { epoch: async () => 0, ready: () => {}, done: () => {} }
  #socket: Socket | null = null
  #engine: z.infer<typeof Engine> | null = null // it is ready
  #pause: number = RETRY.first
  #cancel: () => void = () => {}
  #closed = false

  constructor(options: Options) {
    this.#options = options
  }

  begin(epoch: () => Promise<number>, hear: Hear): void {
    this.#greeting = { epoch, ...hear }
    this.#connect()
  }

  dialect(): DialectName | null {
    return this.#engine?.engine ?? null
  }

  writes(): boolean {
    return this.#engine?.writes ?? false
  }

  async open(kernel: string, path: string, rights: number): Promise<Taken> {
    return taken(await this.#call({ op: 'kernel', kernel, path, rights }))
  }

  async plan(plan: Plan): Promise<Taken> {
    return taken(await this.#call({ op: 'plan', plan }))
  }

  async intake(intake: Intake): Promise<Taken> {
    return taken(await this.#call({ op: 'intake', intake }))
  }

  async commit(commit: Commit): Promise<Taken> {
    return taken(await this.#call({ op: 'commit', commit }))
  }

  async keep(keep: Keep): Promise<Taken> {
    return taken(await this.#call({ op: 'keep', keep }))
  }

  async written(write: string, kernel: string, plan?: string): Promise<number | null | 'absent'> {
    const answer = await this.#call({ op: 'written', write, kernel, plan })
    if (answer === null || 'error' in answer) return 'absent'
    const [row] = answer.rows ?? []
    return row === undefined ? null : Number(row[0])
  }

  drop(plan: string): void {
    void this.#call({ op: 'drop', plan })
  }

  async ask({ sql, parameters }: Parameters<DataPlane['ask']>[0], seconds: number): Promise<Asked> {
    const answer = await this.#inTurn(() => this.#call({ op: 'ask', sql, parameters, seconds }, seconds * SECOND + DEADLINE))
    if (answer === null) return { type: 'absent' }
    return 'error' in answer ? { type: 'failed' } : { type: 'rows', rows: answer.rows ?? [] }
  }

  async tables(): Promise<Readonly<Record<string, unknown>> | null> {
    const answer = await this.#call({ op: 'tables' })
    return answer === null || 'error' in answer ? null : (answer.tables ?? {})
  }

  forget(kernel: string): void {
    void this.#call({ op: 'forget', kernel })
  }

  policy(epoch: number, only?: Parameters<DataPlane['policy']>[1]): void {
    void this.#call({ op: 'policy', epoch, ...only })
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.#socket?.destroy()
  }

  #connect(): void {
    const socket = connect(this.#options.socket)
    this.#socket = socket
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#lost())
    socket.on('connect', () => void this.#greet())
    const lines = createInterface({ input: socket })
    lines.on('line', (line) => this.#line(line))
    lines.on('error', () => socket.destroy()) // it passes on the socket's
  }

  async #greet(): Promise<void> {
    const policy = await this.#greeting.epoch()
    const told = await this.#send({ op: 'epochs', policy, rights: {} }, DEADLINE)
    if (told === null || 'error' in told) return void this.#socket?.destroy()
    const engine = Engine.safeParse(told)
    if (!engine.success) {
      this.#options.log.error({ engine: told.engine }, 'the data plane has an engine that is not known here')
      return void this.#socket?.destroy()
    }
    this.#engine = engine.data
    this.#pause = RETRY.first
    const now = await this.#greeting.epoch()
    if (now !== policy) this.policy(now) // an edit of this moment could not be told
    this.#options.log.info('data plane connected')
    this.#greeting.ready()
  }

  #lost(): void {
    const was = this.#engine !== null
    this.#engine = null
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const answer of waiting) answer(null)
    if (was) {
      this.#options.log.warn('data plane lost')
      this.#greeting.lost?.()
    }
    if (this.#closed) return
    this.#cancel = this.#options.clock.after(this.#pause, () => this.#connect())
    this.#pause = Math.min(this.#pause * 2, RETRY.last)
  }

  /** Null: it is away, or took too long. */
  #call(request: Request, deadline: number = DEADLINE): Promise<Answer | null> {
    return this.#engine === null ? Promise.resolve(null) : this.#send(request, deadline)
  }

  /** Each ask ends within its deadline, or with the connection. */
  async #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asking >= ASKS) await new Promise<void>((turn) => this.#turns.push(turn))
    else this.#asking += 1
    try {
      return await ask()
    } finally {
      const next = this.#turns.shift()
      if (next) next()
      else this.#asking -= 1
    }
  }

  /** Whoever does not answer in time may not have heard either: the connection is broken, and all that runs is cut. */
  #send(request: Request, deadline: number): Promise<Answer | null> {
    const { promise, resolve } = Promise.withResolvers<Answer | null>()
    const cancel = this.#options.clock.after(deadline, () => this.#socket?.destroy())
    const id = ++this.#last
    this.#waiting.set(id, (answer) => {
      cancel()
      resolve(answer)
    })
    this.#socket?.write(`${JSON.stringify({ id, ...request })}\n`)
    return promise
  }

  #line(line: string): void {
    const value = parsed(line)
    const told = Told.safeParse(value)
    const answer = Answer.safeParse(value)
    if (told.success) this.#told(told.data)
    else if (answer.success) this.#answered(answer.data)
    else this.#socket?.destroy()
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer)
    this.#waiting.delete(answer.id)
  }

  #told(told: z.infer<typeof Told>): void {
    if ('done' in told) this.#greeting.done(told.done)
    else if ('intake' in told) this.#greeting.takenIn?.(told.intake)
    else if ('wrote' in told) this.#greeting.wrote?.(told.wrote)
    else this.#greeting.kept?.(told.kept)
  }
}

function taken(answer: Answer | null): Taken {
  if (answer === null) return 'absent'
  if (!('error' in answer)) return 'taken'
  return answer.error === 'busy' ? 'busy' : 'absent'
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
