// The browser's end against a real server over real sockets, cut at random bytes.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket as NodeWebSocket, type WebSocket as ServerSocket, WebSocketServer } from 'ws'
import type { Channel } from '#protocol/channelState.ts'
import { decodeCommand, encodeCommand } from '#protocol/codec.ts'
import { WIRE } from '#protocol/limits.ts'
import { Link } from '#protocol/link.ts'
import type { Message } from '#protocol/reassemble.ts'
import { decodeText, encodeText } from '#protocol/text.ts'
import type { Clock } from '#protocol/wire.ts'
import { ChannelSocket } from './channelSocket.ts'
import type { Connection } from './connection.ts'
import { EventsChannel } from './eventsChannel.ts'
import { KernelChannel, type KernelNews } from './kernelChannel.ts'
import { MuxSocket } from './socket.ts'

const KERNEL = 'k_12345678'
const WebSocket = NodeWebSocket as unknown as typeof globalThis.WebSocket
const clock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
const ended: (() => void)[] = []
afterEach(() => {
  for (const end of ended.splice(0)) end()
})

/** A kernel that outlives connections: numbers its messages, answers each command once, replays what was missed. */
class Kernel {
  stream = 'first'
  readonly ring: { kind: 'text' | 'response'; payload: Uint8Array }[] = []
  received = 0
  readonly ran: string[] = []
  #channel: Channel | null = null

  say(kind: 'text' | 'response', payload: Uint8Array): void {
    this.ring.push({ kind, payload })
    this.#channel?.send(kind, payload)
  }

  forget(): void {
    this.stream = `after ${this.stream}`
    this.ring.length = 0
    this.received = 0
  }

  attach(link: Link, opening: Parameters<NonNullable<ConstructorParameters<typeof Link>[0]['events']['open']>>[0]): void {
    const resumed = opening.resume?.stream === this.stream
    const next = resumed ? (opening.resume?.received ?? 0) + 1 : 1
    const point = { role: 'edit', stream: this.stream, next, received: resumed ? this.received : 0, resumed } as const
    if (!resumed) this.received = 0
    const channel = link.accept(opening.channel, point, {
      message: (message) => this.#run(channel, message),
      ended: () => {
        if (this.#channel === channel) this.#channel = null
      },
    })
    this.#channel = channel
    for (const { kind, payload } of this.ring.slice(next - 1)) channel?.send(kind, payload)
  }

  #run(channel: Channel | null, message: Message): void {
    channel?.consumed(message.cost)
    this.received = message.sequence
    const command = decodeCommand(message.payload)
    this.ran.push(decodeText(command?.body ?? new Uint8Array()) ?? '')
    this.say('response', encodeCommand({ request: message.sequence, status: 200 }, command?.body ?? new Uint8Array()))
  }
}

type World = {
  readonly kernel: Kernel
  readonly url: string
  readonly sockets: Set<Socket>
  bearer: string
  readonly links: Set<Link>
}

async function world(allowance: () => number = () => Number.POSITIVE_INFINITY): Promise<World> {
  const kernel = new Kernel()
  const links = new Set<Link>()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
  const made = { kernel, links, url: '', sockets: new Set<Socket>(), bearer: 'right' }
  server.on('connection', (socket) => serve(socket, made))
  const proxy = await cutting((server.address() as AddressInfo).port, allowance, made.sockets)
  ended.push(() => {
    for (const socket of made.sockets) socket.destroy()
    proxy.close()
    server.close()
  })
  made.url = `ws://127.0.0.1:${(proxy.address() as AddressInfo).port}/mux`
  return made
}

function serve(socket: ServerSocket, { kernel, links }: World): void {
  const link: Link = new Link({
    side: 'server',
    hello: true,
    clock,
    wire: {
      send: (frame) => socket.send(frame, () => link.drain()),
      buffered: () => socket.bufferedAmount,
      close: (code, reason) => socket.close(code, reason),
    },
    events: {
      hello: ({ bearer }) => {
        if (bearer !== 'right') link.close('unauthenticated')
        else link.welcome({ tab: 't_12345678', person: 'p_12345678', resume: 'r', resumed: false })
      },
      open: (opening) => {
        if (opening.resource.type === 'kernel' && opening.resource.kernel === KERNEL) kernel.attach(link, opening)
        else if (opening.resource.type === 'events') {
          const fresh = { role: 'edit', stream: 'e', next: 1, received: 0, resumed: false } as const
          const channel = link.accept(opening.channel, fresh, { message: () => {}, ended: () => {} })
          channel?.send('text', encodeText(JSON.stringify({ type: 'notebooks-changed' })))
        } else link.refuse(opening.channel, 'notFound')
      },
      closed: () => links.delete(link),
    },
  })
  links.add(link)
  socket.on('message', (data: Uint8Array) => link.receive(data))
  socket.on('close', (code: number) => link.wireClosed(code))
  socket.on('error', () => socket.terminate())
}

/** Passes bytes on until the allowance of a connection is used up, then drops it in the middle of whatever it is in. */
async function cutting(port: number, allowance: () => number, sockets: Set<Socket>): Promise<Server> {
  const proxy = createServer((near) => {
    let left = allowance()
    const far = connect(port, '127.0.0.1')
    const end = () => {
      near.destroy()
      far.destroy()
    }
    const pass = (from: Socket, to: Socket) => {
      sockets.add(from)
      from.on('error', end)
      from.on('close', () => {
        sockets.delete(from)
        end()
      })
      from.on('data', (chunk) => {
        to.write(chunk.subarray(0, left))
        left -= chunk.byteLength
        if (left <= 0) end()
      })
    }
    pass(near, far)
    pass(far, near)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

function client(made: World, bearer = async (): Promise<string | null> => made.bearer) {
  const states: Connection[] = []
  const mux = new MuxSocket({ url: made.url, WebSocket, bearer, clock, chance: () => 0, state: (state) => states.push(state) })
  ended.push(() => mux.stop())
  return { mux, states }
}

function until(check: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (check() ? resolve() : void setImmediate(look))
    look()
  })
}

describe('the socket of a tab', () => {
  it('loses nothing, doubles nothing and runs each command once, however often it is cut', async () => {
    let seed = 1
    const chance = () => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    let cuts = 0
    const made = await world(() => (cuts++ < 40 ? Math.floor(400 + chance() * 150_000) : Number.POSITIVE_INFINITY))
    const { mux } = client(made)
    const news: string[] = []
    const heard: number[] = []
    const answers: string[] = []
    const channel = new KernelChannel(mux, KERNEL, ({ type }) => news.push(type))
    channel.listen({
      message: (data, taken) => {
        heard.push(Number.parseInt(String(data), 10))
        taken()
      },
      ended: () => heard.push(-1),
    })
    mux.start()
    const wanted = Array.from({ length: 300 }, (_, index) => index)
    for (const index of wanted) {
      const body = encodeText(`${index} ${'q'.repeat(Math.floor(chance() * 9000))}`)
      void channel.request('POST', '/api/kernel/run', undefined, body).then((answer) => {
        answers.push(decodeText(answer.body)?.split(' ')[0] ?? '')
      })
      made.kernel.say('text', encodeText(`${index} ${'x'.repeat(Math.floor(chance() * 30_000))}`))
      if (index % 10 === 0) await new Promise(setImmediate)
    }
    await until(() => answers.length === 300 && heard.length === 300)
    expect(heard).toEqual(wanted)
    expect(answers.map(Number).sort((a, b) => a - b)).toEqual(wanted)
    expect(made.kernel.ran.map((body) => Number.parseInt(body, 10))).toEqual(wanted)
    expect(news.filter((item) => item === 'resumed').length).toBeGreaterThan(5)
    expect(new Set(news)).toEqual(new Set(['opened', 'lost', 'resumed']))
  })

  it('hands out a window and no more to a listener that takes nothing, and goes on when it does', async () => {
    const made = await world()
    const { mux } = client(made)
    const untaken: (() => void)[] = []
    let heard = 0
    const channel = new KernelChannel(mux, KERNEL, () => {})
    channel.listen({
      message: (_, taken) => {
        heard += 1
        untaken.push(taken)
      },
      ended: () => {},
    })
    const small = new Uint8Array(64 * 1024)
    mux.start()
    for (let at = 0; at < 100; at += 1) made.kernel.say('text', small)
    const fits = Math.floor(WIRE.window / (small.byteLength + WIRE.frameCost))
    await until(() => heard >= fits)
    let answered = false
    new KernelChannel(mux, 'k_87654321', () => {
      answered = true // after everything that was on its way
    })
    await until(() => answered)
    expect(heard).toBeLessThanOrEqual(fits + 1)
    while (heard < 100) {
      for (const taken of untaken.splice(0)) taken()
      await until(() => untaken.length > 0)
    }
  })

  it('begins anew, and says so, where the stream has gone', async () => {
    const made = await world()
    const { mux } = client(made)
    const news: KernelNews[] = []
    const first: string[] = []
    const channel = new KernelChannel(mux, KERNEL, (item) => news.push(item))
    channel.listen({ message: (data) => first.push(String(data)), ended: (reason) => first.push(`ended ${reason}`) })
    mux.start()
    made.kernel.say('text', encodeText('old'))
    await until(() => first.length === 1)
    made.kernel.forget()
    made.kernel.say('text', encodeText('new'))
    const asked = channel.request('GET', '/never', undefined, undefined).catch(() => 'void')
    for (const socket of made.sockets) socket.destroy()
    await until(() => news.some(({ type }) => type === 'reopened'))
    expect(first).toEqual(['old', 'new', 'ended gap'].filter((word) => first.includes(word)))
    expect(first.at(-1)).toBe('ended gap')
    expect(await Promise.race([asked, new Promise((resolve) => setImmediate(resolve, 'pending'))])).not.toBe('pending')
    const second: string[] = []
    channel.listen({ message: (data) => second.push(String(data)), ended: () => {} })
    await until(() => second.includes('new'))
  })

  it('does not send what is larger than one command may be, nor more than may wait; the channel goes on', async () => {
    const made = await world()
    const { mux } = client(made)
    const news: string[] = []
    const channel = new KernelChannel(mux, KERNEL, ({ type }) => news.push(type))
    const ask = (bytes: number) => channel.request('POST', '/api/kernel/run', undefined, new Uint8Array(bytes))
    const large = await ask(WIRE.message)
    expect(large.status).toBe(413)
    expect(decodeText(large.body)).toMatch(/16 MB.*Files/)
    const waiting = [ask(WIRE.message - 1024), ask(WIRE.message - 1024)] // nothing is sent before there is a connection
    const more = await ask(4096)
    expect(more.status).toBe(503)
    expect(decodeText(more.body)).toContain('32 MB')
    mux.start()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200])
    expect((await ask(4096)).status).toBe(200)
    expect(news).toEqual(['opened'])
  })

  it('ends with the named reason, and is signed out when the bearer is refused twice', async () => {
    const made = await world()
    const { mux, states } = client(made)
    const news: KernelNews[] = []
    new KernelChannel(mux, 'k_87654321', (item) => news.push(item))
    const still = new KernelChannel(mux, KERNEL, (item) => news.push(item))
    mux.start()
    await until(() => news.length === 2)
    expect(news).toContainEqual({ type: 'closed', reason: 'notFound', detail: undefined, id: undefined })
    made.bearer = 'wrong'
    for (const socket of made.sockets) socket.destroy()
    await until(() => states.at(-1)?.at === 'signedOut')
    expect(news.at(-1)).toMatchObject({ type: 'closed', reason: 'unauthenticated' })
    await expect(still.request('GET', '/x', undefined, undefined)).rejects.toThrow()
  })

  it('waits and tries again while the server cannot be reached', async () => {
    const made = await world()
    let reachable = false
    const { mux, states } = client(made, async () => {
      if (!reachable) throw new Error('unreachable')
      return 'right'
    })
    let opened = 0
    new EventsChannel(mux, { event: (event) => (opened += event.type === 'notebooks-changed' ? 1 : 0), opened: () => {} })
    mux.start()
    await until(() => states.some(({ at }) => at === 'waiting'))
    reachable = true
    mux.start()
    await until(() => opened === 1)
    for (const socket of made.sockets) socket.destroy()
    await until(() => opened === 2)
  })

  it('has the shape of a WebSocket where a library wants one', async () => {
    const made = await world()
    const { mux } = client(made)
    const socket = new ChannelSocket(mux, { type: 'events' })
    const seen: string[] = []
    socket.addEventListener('open', () => seen.push('open'))
    socket.onmessage = ({ data }) => seen.push(data)
    socket.onclose = ({ code, wasClean }) => seen.push(`${code} ${wasClean}`)
    mux.start()
    await until(() => seen.length === 2)
    for (const peer of made.sockets) peer.destroy()
    await until(() => seen.length === 3)
    expect([seen, socket.readyState]).toEqual([['open', '{"type":"notebooks-changed"}', '1006 false'], ChannelSocket.CLOSED])
  })
})
