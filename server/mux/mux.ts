// `/mux`: takes upgrades, keeps the open sessions, hands out events, and closes exactly what a change of rights closes.
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { WIRE } from '#protocol/limits.ts'
import type { Addressed } from '../seams/events.ts'
import type { KernelEvent } from '../seams/kernels.ts'
import { admit, refusalBytes, SOCKETS } from './admission.ts'
import { Audit } from './audit.ts'
import type { HouseDeps, MuxDeps } from './deps.ts'
import { Session } from './session.ts'
import { feed, MUX_SOCKET, webSocketWire } from './wire.ts'

export type Mux = { close(): void }

/** What a notebook's last save takes to arrive: until then an editor who lost the lease keeps the channel, and the save
 * becomes a draft; and a kernel that is started anew keeps the lease of the one before it. */
const AFTERMATH = 2000

export function serveMux(server: Server, deps: MuxDeps): Mux {
  return new Multiplexer(server, deps)
}

class Multiplexer implements Mux {
  readonly #deps: HouseDeps
  readonly #sockets = new WebSocketServer({ ...MUX_SOCKET, noServer: true, clientTracking: true })
  readonly #sessions = new Set<Session>() // signed in
  readonly #stops: (() => void)[]
  readonly #unsigned = new Set<Session>() // the oldest first

  constructor(server: Server, deps: MuxDeps) {
    this.#deps = { ...deps, audit: new Audit(deps.log, deps.clock) }
    server.on('upgrade', this.#upgrade)
    const beat = setInterval(() => this.#beat(), WIRE.heartbeat)
    this.#stops = [
      () => server.off('upgrade', this.#upgrade),
      () => clearInterval(beat),
      deps.events.subscribe((addressed) => this.#tell(addressed)),
      deps.kernels.subscribe((event) => this.#kernel(event)),
      deps.sessions.onEnd(({ session }) => this.#signedOut(session)),
    ]
  }

  close(): void {
    for (const stop of this.#stops) stop()
    for (const session of [...this.#sessions]) session.end('goingAway')
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#sockets.close()
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    const admission = admit(request, this.#deps.origin())
    if (admission.type === 'refused') socket.end(refusalBytes(admission))
    else this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#open(opened, socket))
  }

  #open(socket: WebSocket, raw: Duplex): void {
    let bytes = 0
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > WIRE.helloBytes) session.end('tooBig')
    }
    const session: Session = new Session(
      this.#deps,
      webSocketWire(socket, () => session.link),
      {
        count: (person) => [...this.#sessions].filter(({ signed }) => signed?.principal.id === person).length,
        joined: (joined) => {
          signedOrGone()
          this.#sessions.add(joined)
        },
        left: (left) => {
          signedOrGone()
          this.#sessions.delete(left)
        },
      },
    )
    const signedOrGone = () => {
      this.#unsigned.delete(session)
      raw.off('data', count)
    }
    this.#makeRoom()
    this.#unsigned.add(session)
    feed(socket, session.link)
    raw.on('data', count)
  }

  /** Whoever can reach the door could keep it full; a browser says hello at once, so who has waited longest goes. */
  #makeRoom(): void {
    for (const oldest of this.#unsigned) {
      if (this.#unsigned.size < SOCKETS.unsigned) return
      oldest.end('helloTimeout')
    }
  }

  #signedOut(ended: string): void {
    for (const session of [...this.#sessions]) if (session.signed?.session === ended) session.end('unauthenticated')
  }

  #tell({ to, event }: Addressed): void {
    for (const session of this.#sessions) {
      const person = session.signed?.principal.id
      if (to === 'everyone' || (person !== undefined && to.includes(person))) session.tell(event)
    }
    if (event.type === 'notebooks-changed') this.#recheck()
    if (event.type === 'lease-lost') this.#deps.clock.after(AFTERMATH, () => this.#beat())
  }

  #kernel({ event, state }: KernelEvent): void {
    if (event.type !== 'phase' || event.phase.phase !== 'exited') return
    const { id, notebook, person, mode } = state.spec
    const { saves, kernels, leases, clock } = this.#deps
    saves.forget(id)
    if (mode === 'edit')
      clock.after(AFTERMATH, () => {
        if (kernels.find({ person, notebook, mode })?.phase.phase === 'exited') leases.release(notebook, person)
      })
  }

  #recheck(): void {
    for (const channel of this.#channels())
      channel.recheck().catch((error: unknown) => this.#deps.log.error({ err: error }, 'rights not rechecked'))
  }

  #beat(): void {
    for (const channel of this.#channels()) channel.beat()
  }

  #channels() {
    return [...this.#sessions].flatMap((session) => session.kernels)
  }
}
