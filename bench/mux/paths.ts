// The ways from a client to a kernel that are compared. A way that is added here (the real gateway and runner, say) is
// measured like the others: it needs only to open peers.
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { encodeCommand } from '#protocol/codec.ts'
import { Link } from '#protocol/link.ts'
import { type Child, start } from '../lib/children.ts'
import { clock } from './clock.ts'
import '../../server/memory.ts'

/** A client's end of one kernel's socket. */
export type Peer = { send(payload: Uint8Array): void; heard: (payload: Uint8Array) => void }
/** One client: its sockets, or its one socket with many channels. */
export type Client = { open(): Promise<Peer>; pause(): void; close(): void }
export type Path = { readonly name: string; readonly children: readonly Child[]; connect(): Promise<Client> }

const ROLES = new URL('./roles.ts', import.meta.url)
const HEAD = { method: 'POST', path: '/api/kernel/run' } as const
const folder = mkdtempSync(join(tmpdir(), 'mux-bench-'))
let sockets = 0
const unix = () => join(folder, `${++sockets}.sock`)

export async function direct(): Promise<Path> {
  const kernel = await start(ROLES, 'kernel', '')
  return { name: 'direct ws', children: [kernel], connect: async () => plainClient(kernel.address) }
}

/** One plain 1:1 proxy, a unix socket behind it: what any hop through a process costs on this machine. */
export async function hop(): Promise<Path> {
  const kernel = await start(ROLES, 'kernel', unix())
  const proxy = await start(ROLES, 'proxy', '', kernel.address)
  return { name: 'one plain proxy', children: [proxy, kernel], connect: async () => plainClient(proxy.address) }
}

/** Two plain 1:1 proxies: a WebSocket in front, a unix socket between them. */
export async function chain(): Promise<Path> {
  const kernel = await start(ROLES, 'kernel', unix())
  const second = await start(ROLES, 'proxy', unix(), kernel.address)
  const first = await start(ROLES, 'proxy', '', second.address)
  return { name: 'two plain proxies', children: [first, second, kernel], connect: async () => plainClient(first.address) }
}

/** The multiplexer through gateway and runner. */
export async function both(): Promise<Path> {
  const kernel = await start(ROLES, 'kernel', unix())
  const runner = await start(ROLES, 'runner', unix(), kernel.address)
  const gateway = await start(ROLES, 'gateway', '', runner.address)
  return { name: 'mux: gateway + runner', children: [gateway, runner, kernel], connect: () => muxClient(gateway.address) }
}

export async function gatewayAlone(): Promise<Path> {
  const endpoint = await start(ROLES, 'endpoint', unix())
  const gateway = await start(ROLES, 'gateway', '', endpoint.address)
  return { name: 'mux: gateway alone', children: [gateway, endpoint], connect: () => muxClient(gateway.address) }
}

function plainClient(url: string): Client {
  const open: WebSocket[] = []
  return {
    open: async () => {
      const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 28 })
      open.push(socket)
      await once(socket, 'open')
      const peer: Peer = { send: (payload) => socket.send(payload, { binary: false }), heard: () => {} }
      socket.on('message', (data: Buffer) => peer.heard(data))
      return peer
    },
    pause: () => {
      for (const socket of open) socket.pause()
    },
    close: () => {
      for (const socket of open) socket.terminate()
    },
  }
}

async function muxClient(url: string): Promise<Client> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const link = await new Promise<Link>((resolve) => {
    const made: Link = new Link({
      side: 'opener',
      hello: true,
      clock,
      wire: {
        send: (frame) => {
          if (socket.bufferedAmount === 0) socket.send(frame)
          else socket.send(frame, () => made.drain())
        },
        buffered: () => socket.bufferedAmount,
        close: () => socket.terminate(),
      },
      events: { welcome: () => resolve(made), closed: () => socket.terminate() },
    })
    socket.on('open', () => made.hello({ bearer: 'b' }))
    socket.on('message', (data: Buffer) => made.receive(data))
    socket.on('close', (code) => made.wireClosed(code))
  })
  return {
    open: () => openPeer(link),
    pause: () => socket.pause(),
    close: () => link.close(),
  }
}

function openPeer(link: Link): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const peer: Peer = { send: (payload) => channel.send('request', encodeCommand(HEAD, payload)), heard: () => {} }
    const channel = link.openChannel(
      { resource: { type: 'kernel', kernel: 'k_12345678' } },
      {
        opened: () => resolve(peer),
        message: ({ payload, cost }) => {
          channel.consumed(cost)
          peer.heard(payload)
        },
        ended: ({ reason }) => reject(new Error(reason)),
      },
    )
  })
}
