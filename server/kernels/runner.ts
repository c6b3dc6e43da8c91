// The connection to the kernel runner, kept up: connect, list, judge every kernel's right anew, and only then offer the link
// on which kernel channels are opened. Until that is done `link()` is null and no byte of a kernel is accepted.
import type { Socket } from 'node:net'
import { WIRE } from '#protocol/limits.ts'
import { Link } from '#protocol/link.ts'
import type { Cause, KernelState, RunnerEvent, RunnerInfo } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Log } from '../log.ts'
import type { AnswerKernel, KernelEvent, Kernels, LiveKernels, Started } from '../seams/kernels.ts'
import { Calls } from './calls.ts'
import { serveLibrary } from './library.ts'
import { Mirror } from './mirror.ts'
import { dial } from './wire.ts'

/** Between attempts: doubled from the first to the last. After `patience` without a runner its kernels are given up. */
const RETRY = { first: 50, last: 1000, patience: 3000 } as const

type Options = { readonly socket: string; readonly clock: Clock; readonly log: Log }

type Connection =
  | { readonly at: 'away' }
  | { readonly at: 'judging'; readonly socket: Socket; readonly link: Link; readonly calls: Calls }
  | { readonly at: 'up'; readonly socket: Socket; readonly link: Link; readonly calls: Calls; readonly info: RunnerInfo }

export function runnerKernels(options: Options): LiveKernels {
  return new Runner(options)
}

class Runner implements LiveKernels {
  readonly #options: Options
  readonly #mirror = new Mirror()
  readonly #listeners = new Set<(event: KernelEvent) => void>()
  #wrong: (state: KernelState) => Promise<Cause | null> = async () => null
  #answer: AnswerKernel | null = null
  #met: () => void = () => {}
  #connection: Connection = { at: 'away' }
  #cancel: () => void = () => {}
  #cancelPatience: () => void = () => {}
  #pause: number = RETRY.first
  #early: RunnerEvent[] = []
  #closed = false

  constructor(options: Options) {
    this.#options = options
  }

  begin(wrong: (state: KernelState) => Promise<Cause | null>, answer: AnswerKernel, met = () => {}): void {
    this.#wrong = wrong
    this.#answer = answer
    this.#met = met
    this.#connect()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.#cancelPatience()
    if (this.#connection.at !== 'away') this.#connection.socket.destroy()
  }

  link(): Link | null {
    return this.#connection.at === 'up' ? this.#connection.link : null
  }

  info(): RunnerInfo | null {
    return this.#connection.at === 'up' ? this.#connection.info : null
  }

  async packages(): Promise<RunnerInfo['packages'] | null> {
    if (this.#connection.at !== 'up') return null
    const called = await this.#connection.calls.call('/info', {})
    return called.type === 'answered' ? called.answer.packages : null
  }

  list = () => this.#mirror.list()
  get = (kernel: string) => this.#mirror.get(kernel)
  find: Kernels['find'] = (opening) => this.#mirror.find(opening)

  subscribe(listener: (event: KernelEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async start(spec: KernelState['spec'], source: string): Promise<Started> {
    if (this.#connection.at !== 'up') return { type: 'absent' }
    const { calls } = this.#connection
    const called = await calls.call('/start', spec, source)
    if (called.type === 'absent') this.#disown(calls, spec)
    if (called.type !== 'answered') return called
    this.#mirror.put(called.answer)
    return { type: 'started', state: called.answer }
  }

  async stop(kernel: string, cause: Parameters<Kernels['stop']>[1]): Promise<void> {
    if (this.#connection.at === 'away') return
    await this.#connection.calls.call('/stop', { kernel, cause }) // a kernel that is unknown there is stopped
  }

  /** The person was told that it did not start. The runner takes calls in order: should it still start it, it ends it. */
  #disown(calls: Calls, { id, person }: KernelState['spec']): void {
    const { log } = this.#options
    log.warn({ kernel: id, person }, 'kernel start not answered')
    calls.call('/stop', { kernel: id, cause: 'start-failed' }).catch((error: unknown) => log.error({ err: error }, 'not stopped'))
  }

  #connect(): void {
    const { socket, wire } = dial(this.#options.socket, () => link)
    const link: Link = new Link({
      side: 'opener',
      hello: false,
      wire,
      clock: this.#options.clock,
      channels: WIRE.runnerChannels,
      events: { closed: () => this.#lost(socket) },
    })
    const calls = new Calls(link, this.#options.clock, {
      opened: () => void this.#judge(socket, link, calls),
      event: (event) => this.#event(event),
      unread: () => this.#options.log.warn('kernel runner said what is no event'),
      ended: () => socket.destroy(),
    })
  }

  async #judge(socket: Socket, link: Link, calls: Calls): Promise<void> {
    this.#connection = { at: 'judging', socket, link, calls }
    this.#early = []
    try {
      const [info, listed] = await Promise.all([calls.call('/info', {}), calls.call('/list', {})])
      if (info.type !== 'answered' || listed.type !== 'answered') throw new Error('the runner does not answer')
      for (const state of listed.answer.kernels) await this.#keepOrStop(calls, state)
      if (!link.open) return
      this.#connection = { at: 'up', socket, link, calls, info: info.answer }
      for (const event of this.#mirror.reconcile(listed.answer.kernels, this.#options.clock.now())) this.#tell(event)
      for (const event of this.#early.splice(0)) this.#event(event)
      if (this.#answer) serveLibrary(link, this.get, this.#answer)
      this.#met()
      this.#pause = RETRY.first
      this.#cancelPatience()
      this.#options.log.info({ level: info.answer.level, kernels: listed.answer.kernels.length }, 'kernel runner connected')
    } catch (error) {
      this.#options.log.error({ err: error }, 'kernel runner not understood')
      socket.destroy()
    }
  }

  /** What is said while the rights are judged is newer than the list: it is taken in after it. */
  #event(event: RunnerEvent): void {
    if (this.#connection.at === 'judging') this.#early.push(event)
    else this.#tell(this.#mirror.apply(event, this.#options.clock.now()))
  }

  async #keepOrStop(calls: Calls, state: KernelState): Promise<void> {
    if (state.phase.phase === 'exited') return
    const cause = await this.#wrong(state)
    if (cause === null) return
    this.#options.log.info({ kernel: state.spec.id, person: state.spec.person, cause }, 'kernel without a right: stopped')
    await calls.call('/stop', { kernel: state.spec.id, cause })
  }

  #lost(socket: Socket): void {
    socket.destroy()
    if (this.#connection.at !== 'away') {
      this.#connection = { at: 'away' }
      this.#options.log.warn('kernel runner lost')
      this.#cancelPatience = this.#options.clock.after(RETRY.patience, () => {
        for (const event of this.#mirror.loseAll(this.#options.clock.now())) this.#tell(event)
      })
    }
    if (this.#closed) return
    this.#cancel = this.#options.clock.after(this.#pause, () => this.#connect())
    this.#pause = Math.min(this.#pause * 2, RETRY.last)
  }

  #tell(event: KernelEvent | null): void {
    if (event) for (const listener of this.#listeners) listener(event)
  }
}
