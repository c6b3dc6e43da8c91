// The tab's one connection: dials /mux, signs in in the first frame, renews the bearer, and after a drop brings back every
// subscription. Everything of the world is injected, so it runs in Node's tests as it does in a page.
//
//   const mux = new MuxSocket({ url, WebSocket, bearer: people.bearer, signedOut: …, state: (connection) => … })
//   mux.start()
//   const channel = new KernelChannel(mux, kernel, (news) => …)
//   new EventsChannel(mux, { event: (event) => …, opened: () => reRead() })
import type { CloseName } from '#protocol/close.ts'
import { WIRE } from '#protocol/limits.ts'
import { Link } from '#protocol/link.ts'
import type { End } from '#protocol/port.ts'
import type { Clock } from '#protocol/wire.ts'
import { type Connection, type ConnectionEvent, type Effect, step } from './connection.ts'

export type MuxOptions = {
  readonly url: string
  readonly WebSocket: typeof globalThis.WebSocket
  /** The bearer; null: signed out; throws where the server cannot be reached. `force`: a new one. */
  readonly bearer: (force?: boolean) => Promise<string | null>
  readonly state?: (connection: Connection) => void
  /** At each sign-in: this browser tab's name on the server. */
  readonly welcomed?: (tab: string) => void
  readonly clock?: Clock
  readonly chance?: () => number
}

/** What is brought back after each sign-in, and told when there will be none. */
export type Subscription = { attach(link: Link): void; over(reason: CloseName): void }

const DIAL = 10_000 // ms for the socket to open and the welcome to come
const RENEWAL = 15_000 // ms between two looks at the bearer, half the margin with which it is replaced
const DRAIN = 4 // ms between two looks at a full browser socket, which has no event for it
const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export class MuxSocket {
  readonly #options: MuxOptions
  readonly #subscriptions = new Set<Subscription>()
  readonly clock: Clock
  #connection: Connection = { at: 'stopped' }
  #call: { readonly link: Link; readonly socket: WebSocket } | null = null
  #dial = 0 // counts calls: what a former one still answers is ignored
  #resume: string | undefined
  #sentBearer: string | null = null
  #refused = false // the last sign-in was refused: the bearer is not used again
  #cancelTimer: () => void = () => {}

  constructor(options: MuxOptions) {
    this.#options = options
    this.clock = options.clock ?? clock
  }

  get connection(): Connection {
    return this.#connection
  }

  /** Connects; also "try again now" (the person pressed it, or the machine is online again). */
  start(): void {
    this.#step({ type: 'start' })
  }

  stop(): void {
    this.#step({ type: 'stop' })
    this.#resume = undefined
  }

  add(subscription: Subscription): void {
    this.#subscriptions.add(subscription)
    if (this.#call?.link.open) subscription.attach(this.#call.link)
  }

  remove(subscription: Subscription): void {
    this.#subscriptions.delete(subscription)
  }

  #step(event: ConnectionEvent): void {
    const [next, effects] = step(this.#connection, event, (this.#options.chance ?? Math.random)())
    const changed = next !== this.#connection
    this.#connection = next
    for (const effect of effects) this.#do(effect)
    if (!changed) return
    if (next.at === 'signedOut') this.#over('unauthenticated')
    else if (next.at === 'gaveUp') this.#over(next.reason)
    else if (next.at === 'stopped') this.#over('normal')
    this.#options.state?.(next)
  }

  #over(reason: CloseName): void {
    for (const subscription of [...this.#subscriptions]) subscription.over(reason)
    this.#subscriptions.clear()
  }

  #do(effect: Effect): void {
    this.#cancelTimer()
    if (effect.type === 'wait') this.#cancelTimer = this.clock.after(effect.ms, () => this.#step({ type: 'elapsed' }))
    else if (effect.type === 'hangUp') this.#hangUp()
    else void this.#connect(++this.#dial)
  }

  #hangUp(): void {
    this.#dial++
    this.#call?.link.close('normal')
    this.#call = null
  }

  async #connect(dial: number): Promise<void> {
    const bearer = await this.#options.bearer(this.#refused).catch(() => undefined)
    if (dial !== this.#dial) return
    if (bearer === undefined) this.#step({ type: 'ended', reason: 'lost' })
    else if (bearer === null) this.#step({ type: 'noBearer' })
    else this.#open(bearer)
  }

  #open(bearer: string): void {
    const socket = new this.#options.WebSocket(this.#options.url)
    socket.binaryType = 'arraybuffer'
    const link = this.#link(socket)
    this.#call = { link, socket }
    this.#cancelTimer = this.clock.after(DIAL, () => link.close('helloTimeout'))
    socket.onopen = () => {
      this.#sentBearer = bearer
      link.hello({ bearer, resume: this.#resume })
    }
    socket.onmessage = ({ data }) => (data instanceof ArrayBuffer ? link.receive(new Uint8Array(data)) : link.close('badFrame'))
    socket.onclose = ({ code }) => link.wireClosed(code)
    socket.onerror = () => {} // 'close' follows
  }

  #link(socket: WebSocket): Link {
    const link: Link = new Link({
      side: 'opener',
      hello: true,
      clock: this.clock,
      wire: this.#wire(socket, () => link),
      events: {
        welcome: ({ tab, resume }) => this.#welcomed(link, tab, resume),
        closed: (end) => this.#closed(link, end),
      },
    })
    return link
  }

  #wire(socket: WebSocket, link: () => Link) {
    let looking = false
    const look = () => {
      looking = false
      link().drain()
    }
    return {
      send: (frame: Uint8Array) => {
        if (socket.readyState !== 1) return
        socket.send(frame as Uint8Array<ArrayBuffer>)
        if (looking || socket.bufferedAmount < WIRE.unsentSocket) return
        looking = true
        this.clock.after(DRAIN, look)
      },
      buffered: () => {
        if (socket.bufferedAmount >= WIRE.unsentSocket && !looking) {
          looking = true
          this.clock.after(DRAIN, look)
        }
        return socket.bufferedAmount
      },
      close: (code: number, reason: string) => socket.close(code === 1012 ? 4000 : code, reason), // a page may not send 1012
    }
  }

  #welcomed(link: Link, tab: string, resume: string): void {
    this.#resume = resume
    this.#options.welcomed?.(tab)
    this.#refused = false
    this.#cancelTimer()
    this.#step({ type: 'welcome' })
    this.#lookAtBearer(link)
    for (const subscription of [...this.#subscriptions]) subscription.attach(link)
  }

  #closed(link: Link, end: End): void {
    if (this.#call?.link !== link) return
    this.#call = null
    this.#cancelTimer()
    // A bearer that ran out on the way is replaced once; refused twice, the sign-in is over.
    const again = end.reason === 'unauthenticated' && !this.#refused
    this.#refused = end.reason === 'unauthenticated'
    this.#step({ type: 'ended', reason: again ? 'lost' : end.reason })
  }

  /** Renews the sign-in of an open connection as soon as there is a newer bearer. */
  #lookAtBearer(link: Link): void {
    this.#cancelTimer = this.clock.after(RENEWAL, async () => {
      const bearer = await this.#options.bearer().catch(() => this.#sentBearer)
      if (this.#call?.link !== link || !link.open) return
      if (bearer === null) {
        this.#step({ type: 'noBearer' })
        return
      }
      if (bearer !== this.#sentBearer) link.renew(bearer)
      this.#sentBearer = bearer
      this.#lookAtBearer(link)
    })
  }
}
