// One signed-in browser tab on one socket. It proves who it is once (and again before each bearer runs out), then opens
// channels; each is judged by itself. Nothing a browser names is believed: the person comes from the bearer, the role from
// the kernel, the tab from the resume token.
import { randomBytes } from 'node:crypto'
import type { ShellEvent } from '#protocol/api.ts'
import type { Channel } from '#protocol/channelState.ts'
import type { CloseName } from '#protocol/close.ts'
import { WIRE } from '#protocol/limits.ts'
import { type Hello, Link } from '#protocol/link.ts'
import type { End, Opening } from '#protocol/port.ts'
import type { Wire } from '#protocol/wire.ts'
import type { Proof } from '../seams/identity.ts'
import { SOCKETS } from './admission.ts'
import type { HouseDeps, Signed } from './deps.ts'
import { type KernelChannel, openKernel } from './kernelChannel.ts'
import { welcome } from './tabs.ts'

/** Events waiting for one tab that does not read; then its channel ends, and the shell opens it again and re-reads. */
const EVENTS_QUEUE = 2 * WIRE.window

/** What a session asks of the others. */
export type House = { count(person: string): number; joined(session: Session): void; left(session: Session): void }

export class Session {
  readonly link: Link
  readonly #deps: HouseDeps
  readonly #house: House
  readonly #events = new Set<Channel>()
  readonly #kernels = new Set<KernelChannel>()
  #signed: Signed | null = null
  #cancelExpiry: () => void = () => {}

  constructor(deps: HouseDeps, wire: Wire, house: House) {
    this.#deps = deps
    this.#house = house
    this.link = new Link({
      side: 'server',
      hello: true,
      wire,
      clock: deps.clock,
      events: {
        hello: (hello) => void this.#hello(hello),
        renew: (bearer) => this.#renew(bearer),
        open: (opening) => void this.#open(opening),
        closed: (end) => this.#closed(end),
      },
    })
  }

  get signed(): Signed | null {
    return this.#signed
  }

  get kernels(): readonly KernelChannel[] {
    return [...this.#kernels]
  }

  end(reason: CloseName): void {
    this.link.close(reason)
  }

  tell(event: ShellEvent): void {
    const payload = Buffer.from(JSON.stringify(event))
    for (const channel of [...this.#events]) {
      if (channel.queued <= EVENTS_QUEUE) channel.send('text', payload)
      else {
        this.#events.delete(channel)
        channel.close('overrun')
      }
    }
  }

  async #hello({ bearer, resume }: Hello): Promise<void> {
    const { sessions, tabs, clock, log } = this.#deps
    const proof = sessions.check(bearer)
    if (proof === null) return this.link.close('unauthenticated')
    if (this.#crowded(proof)) return this.link.close('crowded')
    try {
      const greeting = await welcome(tabs, proof, resume, clock.now())
      // Meanwhile the person may have signed out, opened more sockets, or let this one go.
      if (sessions.check(bearer) === null) return this.link.close('unauthenticated')
      if (this.#crowded(proof)) return this.link.close('crowded')
      if (!this.link.welcome(greeting)) return
      this.#signed = { ...proof, tab: greeting.tab }
      this.#house.joined(this)
      this.#expire(proof)
      log.debug({ person: greeting.person, tab: greeting.tab, resumed: greeting.resumed }, 'tab connected')
    } catch (error) {
      log.error({ err: error }, 'welcome failed')
      this.link.close('internal')
    }
  }

  #crowded({ principal }: Proof): boolean {
    return this.#house.count(principal.id) >= SOCKETS.perPerson
  }

  #renew(bearer: string): void {
    const proof = this.#deps.sessions.check(bearer)
    const same = proof?.session === this.#signed?.session && proof?.principal.id === this.#signed?.principal.id
    if (proof && same) this.#expire(proof)
    else this.link.close('unauthenticated')
  }

  #expire({ expires }: Proof): void {
    this.#cancelExpiry()
    const { clock } = this.#deps
    this.#cancelExpiry = clock.after(Math.max(0, expires - clock.now()), () => this.link.close('unauthenticated'))
  }

  async #open(opening: Opening): Promise<void> {
    const { resource, channel } = opening
    if (resource.type === 'events') this.#openEvents(opening)
    else if (resource.type !== 'kernel' || this.#signed === null)
      this.link.refuse(channel, 'forbidden') // no page of ours asks
    else {
      try {
        const opened = await openKernel(this.#deps, this.link, this.#signed, opening, resource.kernel, (ended) =>
          this.#kernels.delete(ended),
        )
        if (opened) this.#kernels.add(opened)
      } catch (error) {
        this.#deps.log.error({ err: error }, 'kernel channel not opened')
        this.link.refuse(channel, 'internal')
      }
    }
  }

  #openEvents({ channel: id }: Opening): void {
    const stream = randomBytes(9).toString('base64url')
    const channel = this.link.accept(
      id,
      { role: 'run', stream, next: 1, received: 0, resumed: false },
      { message: () => {}, ended: () => channel && this.#events.delete(channel) },
    )
    if (channel) this.#events.add(channel)
  }

  #closed(end: End): void {
    this.#cancelExpiry()
    this.#house.left(this)
    if (end.reason === 'badFrame' || end.reason === 'forbidden')
      this.#deps.log.warn({ reason: end.reason, person: this.#signed?.principal.id }, 'socket closed for a fault')
  }
}
