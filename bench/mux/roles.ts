// The processes of the multiplexer's bench, one role each: `node roles.ts <role> <listen> <upstream>`.
//   kernel         what marimo's socket is: answers a message with itself, or pours on demand
//   proxy          one plain WebSocket to one plain WebSocket, messages as they come, paused above 4 MiB
//   gateway        mux over WebSocket in front, mux over the unix socket behind, a relay for each channel
//   runner         mux over the unix socket in front, one plain WebSocket to the kernel for each channel
//   endpoint       mux over the unix socket that answers by itself: for the gateway's cost alone
import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { RequestHead } from '#protocol/channel.ts'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand } from '#protocol/codec.ts'
import { WIRE } from '#protocol/limits.ts'
import { Link } from '#protocol/link.ts'
import type { Opening } from '#protocol/port.ts'
import { pass, Relay, type Verdict } from '#protocol/relay.ts'
import { encodeText } from '#protocol/text.ts'
import * as runnerWire from '../../kernel-runner/wire.ts'
import * as gatewayWire from '../../server/kernels/wire.ts'
import * as frontWire from '../../server/mux/wire.ts'
import { ready } from '../lib/children.ts'
import { clock } from './clock.ts'
import '../../server/memory.ts'

const PLAIN = { perMessageDeflate: false, maxPayload: 1 << 28 }
const FRESH = { role: 'edit', stream: 's', next: 1, received: 0, resumed: false } as const
const HIGH = 4 << 20
const EMPTY = new Uint8Array(0)
const [role, listen = '', upstream = ''] = process.argv.slice(2)

/** `pour <count> <bytes> <every ms>` asks for messages; anything else comes back as it is. */
function kernel(): void {
  plainServer((socket) => {
    socket.on('message', (data: Buffer, binary) => {
      const order = data.byteLength < 100 ? /^pour (\d+) (\d+) (\d+)$/.exec(data.toString('latin1')) : null
      if (order === null) socket.send(data, { binary })
      else pour(socket, Number(order[1]), Buffer.alloc(Number(order[2]), 'x'), Number(order[3]))
    })
  })
}

function pour(socket: WebSocket, left: number, payload: Buffer, every: number): void {
  if (left === 0 || socket.readyState !== WebSocket.OPEN) return
  const next = () => pour(socket, left - 1, payload, every)
  if (every > 0) {
    socket.send(payload)
    setTimeout(next, every)
  } else socket.send(payload, next)
}

function proxy(): void {
  plainServer((near) => {
    const far = new WebSocket(upstream, PLAIN)
    const early: [Buffer, boolean][] = []
    far.on('open', () => {
      for (const [data, binary] of early.splice(0)) far.send(data, { binary })
    })
    near.on('message', (data: Buffer, binary) => {
      if (far.readyState !== WebSocket.OPEN) early.push([data, binary])
      else forward(near, far, data, binary)
    })
    far.on('message', (data: Buffer, binary) => forward(far, near, data, binary))
    near.on('close', () => far.terminate())
    far.on('error', () => near.terminate())
  })
}

function forward(from: WebSocket, to: WebSocket, data: Buffer, binary: boolean): void {
  to.send(data, { binary }, () => {
    if (from.isPaused && to.bufferedAmount < HIGH / 4) from.resume()
  })
  if (to.bufferedAmount > HIGH && !from.isPaused) from.pause()
}

function gateway(): void {
  const { wire } = gatewayWire.dial(upstream, () => back)
  const back: Link = new Link({
    side: 'opener',
    hello: false,
    clock,
    wire,
    events: {
      closed: ({ reason, detail }) => {
        process.stderr.write(`gateway: the runner's link ended: ${reason} ${detail ?? ''}\n`)
        process.exit(1)
      },
    },
    channels: WIRE.runnerChannels,
  })
  const server: WebSocketServer = new WebSocketServer({ ...frontWire.MUX_SOCKET, port: 0, host: '127.0.0.1' }, () =>
    ready(addressOf(server)),
  )
  server.on('connection', (socket) => {
    const front: Link = new Link({
      side: 'server',
      hello: true,
      clock,
      wire: frontWire.webSocketWire(socket, () => front),
      events: {
        hello: () => front.welcome({ tab: 't_12345678', person: 'p_12345678', resume: 'r', resumed: false }),
        open: (opening) => {
          new Relay({ front, back, opening, tab: 't_12345678', role: 'edit', request: judge, response: pass, ended: () => {} })
        },
        closed: () => {},
      },
    })
    frontWire.feed(socket, front)
  })
}

/** What a gateway does at the least with a command: reads and checks its head. */
function judge(message: { readonly payload: Uint8Array }): Verdict {
  const head = RequestHead.safeParse(decodeCommand(message.payload)?.head)
  return head.success && head.data.tag === undefined ? pass() : { type: 'close', reason: 'badFrame' }
}

function runner(serve: (link: Link, opening: Opening) => void): void {
  const server = createServer((socket) => {
    const link: Link = new Link({
      side: 'server',
      hello: false,
      clock,
      wire: runnerWire.unixWire(socket, () => link),
      events: { open: (opening) => serve(link, opening), closed: () => {} },
      channels: WIRE.runnerChannels,
    })
    runnerWire.feed(socket, link)
  })
  server.listen(listen, () => ready(listen))
}

function toKernel(link: Link, opening: Opening): void {
  const far = new WebSocket(upstream, PLAIN)
  far.on('open', () => {
    const channel = link.accept(opening.channel, FRESH, {
      message: ({ payload, cost }) => {
        far.send(decodeCommand(payload)?.body ?? EMPTY, { binary: false })
        channel?.consumed(cost)
      },
      acknowledged: () => {
        if (far.isPaused && channel && channel.queued < HIGH / 4) far.resume()
      },
      ended: () => far.terminate(),
    })
    far.on('message', (data: Buffer) => {
      channel?.send('text', data)
      if (channel && channel.queued > HIGH && !far.isPaused) far.pause()
    })
  })
}

function toItself(link: Link, opening: Opening): void {
  const channel: Channel | null = link.accept(opening.channel, FRESH, {
    message: ({ payload, cost }) => {
      channel?.send('text', decodeCommand(payload)?.body ?? encodeText(''))
      channel?.consumed(cost)
    },
    ended: () => {},
  })
}

function plainServer(connected: (socket: WebSocket) => void): void {
  if (listen === '') {
    const server: WebSocketServer = new WebSocketServer({ ...PLAIN, port: 0, host: '127.0.0.1' }, () => ready(addressOf(server)))
    server.on('connection', connected)
    return
  }
  const http = createHttp()
  new WebSocketServer({ ...PLAIN, server: http }).on('connection', connected)
  http.listen(listen, () => ready(`ws+unix://${listen}:/`))
}

function addressOf(server: WebSocketServer): string {
  const address = server.address()
  return typeof address === 'object' && address ? `ws://127.0.0.1:${address.port}` : ''
}

if (role === 'kernel') kernel()
else if (role === 'proxy') proxy()
else if (role === 'gateway') gateway()
else if (role === 'runner') runner(toKernel)
else if (role === 'endpoint') runner(toItself)
