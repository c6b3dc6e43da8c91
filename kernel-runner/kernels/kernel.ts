// One kernel: carries out what the reducer (supervise.ts) decides, and joins its process, its session and its usage.
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { CloseName } from '#protocol/close.ts'
import type { KernelId } from '#protocol/ids.ts'
import { KERNEL } from '#protocol/limits.ts'
import type { Cause, KernelSpec, KernelState, RunnerEvent } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import { WATCH } from '../bounds.ts'
import type { Log } from '../log.ts'
import type { KernelProcess, KernelProvider } from '../providers/provider.ts'
import type { RingBudget } from '../stream/budget.ts'
import { Session } from '../stream/session.ts'
import { Pace } from './pace.ts'
import { BORN, type Deadline, type Effect, type Event, phaseOf, type State, step } from './supervise.ts'
import { UsageMeter } from './usage.ts'

/** How the channel of a kernel closes that ended by this. */
const CLOSES: Partial<Record<Cause, CloseName>> = { revoked: 'revoked', demoted: 'leaseLost' }

/** What every kernel of a runner shares. */
export type World = {
  readonly provider: KernelProvider
  readonly level: number
  readonly clock: Clock
  readonly budget: RingBudget
  readonly log: Log
  readonly library: { serve(kernel: KernelId, connection: Duplex): void }
  readonly announce: (event: RunnerEvent) => void
}

export class Kernel {
  readonly spec: KernelSpec
  readonly startedAt: number
  readonly session: Session
  readonly #world: World
  readonly #source: Uint8Array
  readonly #marimo = `s_${randomBytes(16).toString('hex')}`
  readonly #meter: UsageMeter
  readonly #turns: Pace
  readonly #deadlines = new Map<Deadline, () => void>()
  readonly #gone = Promise.withResolvers<void>()
  #state: State = BORN
  #process: KernelProcess | null = null
  #started = Promise.withResolvers<void>()
  #openSince: number

  constructor(spec: KernelSpec, source: Uint8Array, world: World) {
    this.spec = spec
    this.#source = source
    this.#world = world
    this.startedAt = world.clock.now()
    this.#openSince = this.startedAt
    this.#meter = new UsageMeter(this.startedAt)
    this.#turns = new Pace(world.clock, WATCH.turns, () => this.#report())
    this.session = new Session(this.#marimo, spec.person, world.clock, world.budget, {
      kernelReady: () => this.#kernelReady(),
      busy: (busy) => this.#turned(busy),
      used: () => this.#meter.active(this.#now()),
      attached: (tab) => world.announce({ type: 'attached', kernel: spec.id, tab }),
      streamEnded: (end, lived, how) => this.#on({ type: 'stream-ended', end, lived, how }),
    })
  }

  get state(): KernelState {
    return {
      spec: this.spec,
      phase: phaseOf(this.#state, this.#world.level),
      usage: this.#meter.usage(this.session.busy),
      attached: this.session.tab,
      detachedSince: this.session.detachedSince,
      startedAt: this.startedAt,
      data: this.#world.provider.dataSocket(this.spec.id),
    }
  }

  get alive(): boolean {
    return this.#state.at !== 'exited'
  }

  /** Its turn has come. Resolves when it has started or ended: then the next may begin. */
  begin(): Promise<void> {
    this.#on({ type: 'turn' })
    return this.#started.promise
  }

  stop(cause: Cause): void {
    this.#on({ type: 'stop', cause })
  }

  /** Resolves when no process and no file of it is left. */
  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** Called every WATCH.sample. */
  async watch(): Promise<void> {
    const sample = this.alive ? await this.#process?.sample() : null
    if (!this.alive) return
    if (sample) {
      this.#meter.sampled(sample, this.#now())
      this.#on({ type: 'sampled', sample })
      this.#report()
    }
    if (this.#deserted()) this.stop('unattended')
  }

  /** A reader's kernel ends with its view. */
  #deserted(): boolean {
    const since = this.session.detachedSince
    if (this.spec.mode !== 'run' || since === null) return false
    return this.#now() - Math.max(since, this.#openSince) > KERNEL.readerGrace
  }

  #now(): number {
    return this.#world.clock.now()
  }

  #kernelReady(): void {
    if (this.#state.at === 'starting') this.#openSince = this.#now()
    this.#on({ type: 'kernel-ready' })
  }

  #turned(busy: boolean): void {
    if (!busy) this.#meter.active(this.#now())
    this.#turns.changed()
  }

  #report(): void {
    const usage = this.alive ? this.#meter.report(this.session.busy, this.#now()) : null
    if (usage) this.#world.announce({ type: 'usage', kernel: this.spec.id, usage })
  }

  #on(event: Event): void {
    const [next, effects] = step(this.#state, event, { limits: this.spec.limits, level: this.#world.level })
    this.#state = next
    if (next.at === 'ready' || next.at === 'exited') this.#started.resolve()
    for (const effect of effects) this.#carryOut(effect)
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'announce':
        this.#world.log.info({ kernel: this.spec.id, phase: effect.phase }, 'kernel')
        this.#world.announce({ type: 'phase', kernel: this.spec.id, phase: effect.phase })
        break
      case 'spawn':
        this.#spawn()
        break
      case 'dial':
        this.session.dial(effect.socket)
        break
      case 'inspect':
        void this.#inspect()
        break
      case 'deadline':
        this.#clear(effect.of)
        this.#deadlines.set(
          effect.of,
          this.#world.clock.after(effect.after, () => this.#on({ type: 'deadline', of: effect.of })),
        )
        break
      case 'clear':
        this.#clear(effect.of)
        break
      case 'end':
        void this.#end()
    }
  }

  #clear(deadline: Deadline): void {
    this.#deadlines.get(deadline)?.()
    this.#deadlines.delete(deadline)
  }

  #spawn(): void {
    const { library } = this.#world
    const { id } = this.spec
    const order = {
      spec: this.spec,
      source: this.#source,
      session: this.#marimo,
      library: (connection: Duplex) => library.serve(id, connection),
    }
    this.#process = this.#world.provider.start(order, (event) => this.#on({ type: 'provider', event }))
  }

  async #inspect(): Promise<void> {
    const told = this.#state.at === 'lost' && this.#state.end.type === 'shutdown' // its server lives on: there is no end to wait for
    const death = (await this.#process?.inspect(told).catch(() => null)) ?? null
    this.#on({ type: 'inspected', death })
  }

  async #end(): Promise<void> {
    const { phase } = this.state
    const exited = phase.phase === 'exited' ? phase : null
    this.session.end((exited && CLOSES[exited.cause]) ?? 'kernelGone', exited?.message ?? '')
    await this.#process
      ?.end()
      .catch((error: unknown) => this.#world.log.error({ kernel: this.spec.id, err: error }, 'kernel-end'))
    this.#gone.resolve()
  }
}
