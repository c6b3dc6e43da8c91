// Floods against a gateway that is a process of its own: each is ended by its named code, the process stays small, and
// another person's kernel answers meanwhile.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Channel } from '#protocol/channelState.ts'
import { CLOSE } from '#protocol/close.ts'
import { encodeCommand, encodeFrame } from '#protocol/codec.ts'
import type { End } from '#protocol/port.ts'
import { type Client, signIn, type TestGateway } from '../testing.ts'
import { AUDIT } from './audit.ts'
import { type KernelTab, Tab } from './testing/browser.ts'
import { NOTEBOOK } from './testing/house.ts'
import { Running } from './testing/processes.ts'
import { type FakeRunner, startFakeRunner } from './testing/runner.ts'

const MiB = 1024 * 1024
const GROWTH = 100 * MiB // what all of it together may add to the gateway
/** A heap that holds what it must and little more: what is garbage is collected before it counts, and what is kept ends the process. */
const SMALL = '--max-old-space-size=64 --max-semi-space-size=2'
const ECHO = 5000 // ms for another person's command in the middle of it, however busy the machine is
const SLOW = 10_000 // ms that a request's head may take

const home = mkdtempSync(join(tmpdir(), 'attacks-'))
let runner: FakeRunner
let gateway: Running
let origin = ''
let attacker: Client
let calm: KernelTab
let before = 0

let made = 0
async function kernelOf(client: Client): Promise<{ tab: Tab; kernel: string; channel: KernelTab }> {
  const tab = new Tab(origin, { bearer: client.bearer })
  const welcome = await tab.welcome()
  const { id } = (await client.call('POST /api/notebooks', { name: `Mine ${++made}`, source: NOTEBOOK })).body as { id: string }
  const opening = { mode: 'auto', tab: welcome.tab, theme: 'light' }
  const opened = (await client.call(`POST /api/notebooks/${id}/open`, opening)).body as { kernel: string }
  const channel = tab.kernel(opened.kernel)
  await channel.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready')
  return { tab, kernel: opened.kernel, channel }
}

const run = (code: string) => ['/api/kernel/run', { cellIds: ['Hbol'], codes: [code] }] as const

beforeAll(async () => {
  runner = await startFakeRunner(join(home, 'run', 'runner.sock'))
  const env = { SCRYDON_HOME: home, PORT: '0', CONTENT_PORT: '0', SCRYDON_EXAMPLES: join(home, 'none'), LOG_LEVEL: 'info' }
  gateway = new Running('server/main.ts', { ...env, NODE_OPTIONS: SMALL })
  origin = (JSON.parse(await gateway.said('"listening"')) as { origin: string }).origin
  await gateway.said('kernel runner connected')
  attacker = await signIn({ origin } as TestGateway, 'demo-owner')
  calm = (await kernelOf(await signIn({ origin } as TestGateway, 'demo-colleague'))).channel
  for (let n = 0; n < 100; n++) await calm.ask(...run(`flood(100, 10000)`)) // as much as a day's work: the heap it takes anyway
  before = gateway.memory.now
}, 60_000)

afterAll(async () => {
  await gateway.end('SIGKILL')
  await runner.kill()
  rmSync(home, { recursive: true, force: true })
})

/** Does it, while another person works on; then the gateway must be as it was. */
async function during(attack: () => Promise<void>): Promise<void> {
  let going = true
  const waits: number[] = []
  const works = async () => {
    while (going) {
      const asked = performance.now()
      expect((await calm.ask(...run('1 + 1'))).head.status).toBe(200)
      waits.push(performance.now() - asked)
    }
  }
  const working = works()
  await attack().finally(() => {
    going = false
  })
  await working
  expect(Math.max(...waits)).toBeLessThan(ECHO)
  expect(gateway.memory.most - before).toBeLessThan(GROWTH)
}

async function socketOf(tab: Tab): Promise<Socket> {
  if (tab.socket.readyState !== WebSocket.OPEN) await once(tab.socket, 'open')
  return (tab.socket as unknown as { _socket: Socket })._socket
}

async function signedTab(): Promise<Tab> {
  const tab = new Tab(origin, { bearer: attacker.bearer })
  await tab.welcome()
  return tab
}

/** A WebSocket frame as a client sends it: the mask is of zeros. */
function wsFrame(first: number, payload: Uint8Array): Buffer {
  const length = payload.byteLength
  const head =
    length < 126
      ? [0x80 | length]
      : length < 65536
        ? [0xfe, length >> 8, length & 255]
        : [0xff, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.from([first, ...head, 0, 0, 0, 0]), payload])
}

async function pour(socket: Socket, block: Buffer, times: number): Promise<void> {
  for (let n = 0; n < times && socket.writable; n++)
    if (!socket.write(block)) await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', () => resolve()))
}

const code = async (tab: Tab) => (await tab.closed.find(() => true, 'the end of the socket', 20_000)).code

test.each([
  ['before sign-in', () => new Tab(origin), CLOSE.tooBig.code],
  ['after sign-in', () => signedTab(), 1009], // said by the WebSocket itself
])(
  'a frame of 50 MB, %s',
  async (_, open, ended) => {
    await during(async () => {
      const tab = await open()
      await socketOf(tab)
      tab.socket.send(new Uint8Array(50 * MiB))
      expect(await code(tab)).toBe(ended)
    })
  },
  60_000,
)

test('a bomb of compressed zeros', async () => {
  const bomb = deflateRawSync(new Uint8Array(50 * MiB))
  await during(async () => {
    const tab = await signedTab()
    expect(tab.socket.extensions).toBe('')
    ;(await socketOf(tab)).write(wsFrame(0xc2, bomb)) // the bit that says "compressed"
    expect(await code(tab)).toBe(1002)
  })
}, 60_000)

test('a million fragments of a WebSocket message, of one byte', async () => {
  await during(async () => {
    const tab = await signedTab()
    const socket = await socketOf(tab)
    socket.write(wsFrame(0x02, Buffer.from([1])))
    await pour(socket, Buffer.concat(Array(10_000).fill(wsFrame(0x00, Buffer.from([1])))), 100)
    expect(await code(tab)).toBe(1008) // the WebSocket's own: too many fragments
  })
}, 60_000)

test('a million fragments of a command, of one byte or of nothing', async () => {
  await during(async () => {
    for (const bytes of [1, 0]) {
      const { tab, channel } = await kernelOf(attacker)
      const crumb = wsFrame(0x82, encodeFrame(channel.channel.id, 'request', true, 1, new Uint8Array(bytes)))
      await pour(await socketOf(tab), Buffer.concat(Array(10_000).fill(crumb)), 100)
      expect(await code(tab)).toBe(CLOSE.badFrame.code)
    }
  })
}, 60_000)

test('a hundred thousand refused commands of a browser that takes no answer', async () => {
  await during(async () => {
    const { tab, kernel } = await kernelOf(attacker)
    const { promise: ended, resolve } = Promise.withResolvers<End>()
    const deaf: Channel = tab.link.openChannel(
      { resource: { type: 'kernel', kernel } },
      {
        opened: () => {
          const refused = encodeCommand({ method: 'POST', path: '/api/kernel/shutdown' }, new Uint8Array(0))
          for (let n = 0; n < 100_000; n++) deaf.send('request', refused)
        },
        message: () => {},
        ended: resolve,
      },
    )
    expect((await ended).reason).toBe('overrun')
    expect(tab.link.open).toBe(true)
    const lines = () => gateway.lines.filter((line) => line.includes('"command refused"')).length
    await expect.poll(lines).toBeGreaterThanOrEqual(AUDIT.lines)
    await calm.ask(...run('1 + 1'))
    expect(lines()).toBe(AUDIT.lines)
    tab.drop()
  })
}, 60_000)

/** So many of something, a few in each turn of the loop: the other person's client lives here too. */
async function many<T>(count: number, make: () => T): Promise<T[]> {
  const made: T[] = []
  while (made.length < count) {
    for (let n = 0; n < 50; n++) made.push(make())
    await setImmediate()
  }
  return made
}

test('thousands of sockets that never say hello', async () => {
  await during(async () => {
    const codes = await Promise.all((await many(2000, () => new Tab(origin))).map(code))
    expect(new Set(codes)).toEqual(new Set([CLOSE.helloTimeout.code]))
  })
}, 60_000)

test('thousands of half requests', async () => {
  const { port } = new URL(origin)
  const half = () => {
    const socket = connect(Number(port), 'localhost')
    socket.on('error', () => {}).on('data', () => {})
    socket.write(`GET /mux HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: websocket\r\n`)
    return new Promise<void>((resolve) => socket.once('close', () => resolve()))
  }
  await during(async () => {
    const started = performance.now()
    await Promise.all(await many(3000, half))
    expect(performance.now() - started).toBeLessThan(SLOW + 10_000)
  })
}, 60_000)
