// Over real sockets: a real gateway, a real `ws` client, and the runner on fake kernels as a process of its own.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE, type CloseName } from '#protocol/close.ts'
import { encodeCommand, encodeFrame } from '#protocol/codec.ts'
import { encodeControl } from '#protocol/control.ts'
import { WIRE } from '#protocol/limits.ts'
import { clock } from '../clock.ts'
import { runnerKernels } from '../kernels/runner.ts'
import { makeLog } from '../log.ts'
import type { LiveKernels } from '../seams/kernels.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'
import { SOCKETS } from './admission.ts'
import { Happenings, KernelTab, Tab } from './testing/browser.ts'
import { type FakeRunner, startFakeRunner } from './testing/runner.ts'

const NOTEBOOK = `import marimo

app = marimo.App()


@app.cell
def _():
    x = 1
    return


if __name__ == "__main__":
    app.run()
`

let runner: FakeRunner
let gateway: TestGateway
let live: LiveKernels
let owner: Client
const home = mkdtempSync(join(tmpdir(), 'scrydon-mux-'))

const newLive = () => runnerKernels({ socket: runner.socket, clock, log: makeLog('silent') })

beforeAll(async () => {
  mkdirSync(join(home, 'examples'))
  writeFileSync(join(home, 'examples', 'shared.py'), NOTEBOOK)
  runner = await startFakeRunner(join(home, 'run', 'runner.sock'))
  live = newLive()
  gateway = await testGateway({ home, live })
  owner = await signIn(gateway, 'demo-owner')
  await until(() => live.info() !== null, 'the runner')
})

afterAll(async () => {
  await stopGateway(gateway)
  await runner.kill()
})

// A person has eight kernels at most, and these tests open more.
afterEach(async () => {
  for (const { spec } of live.list()) await live.stop(spec.id, 'stopped')
  await until(() => live.list().every(({ phase }) => phase.phase === 'exited'), 'the end of all kernels')
})

async function until(done: () => boolean, what: string): Promise<void> {
  const late = Date.now() + 10_000
  while (!done()) {
    if (Date.now() > late) throw new Error(`waited too long for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function signedTab(
  client: Client = owner,
  resume?: string,
): Promise<Tab & { readonly tab: string; readonly resume: string }> {
  const tab = new Tab(gateway.origin, { bearer: client.bearer, resume })
  const welcome = await tab.welcome()
  return Object.assign(tab, { tab: welcome.tab, resume: welcome.resume })
}

let made = 0
async function opened(client: Client, tab: string, mode: 'auto' | 'run' = 'auto'): Promise<{ kernel: string; notebook: string }> {
  const notebook = (await client.call('POST /api/notebooks', { name: `Notebook ${++made}`, source: NOTEBOOK })).body as {
    id: string
  }
  return openAgain(client, tab, notebook.id, mode)
}

async function openAgain(client: Client, tab: string, notebook: string, mode: 'auto' | 'run' = 'auto') {
  const answer = await client.call(`POST /api/notebooks/${notebook}/open`, { mode, tab, theme: 'light' })
  expect(answer.status).toBe(200)
  return { kernel: (answer.body as { kernel: string }).kernel, notebook }
}

async function liveKernel(client: Client = owner, mode: 'auto' | 'run' = 'auto') {
  const tab = await signedTab(client)
  const { kernel, notebook } = await opened(client, tab.tab, mode)
  const channel = tab.kernel(kernel)
  await channel.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready')
  return { tab, kernel, notebook, channel }
}

const refusalOf = (body: Buffer) => (JSON.parse(body.toString()) as { code: string }).code

describe('the way of a person', () => {
  test('opens, runs, sees the output, saves, and the version is committed', async () => {
    const { tab, channel, notebook } = await liveKernel()
    tab.openEvents()
    const ran = await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['1 + 1'] })
    expect(ran.head.status).toBe(200)
    await channel.texts.find((text) => text.op === 'cell-op' && JSON.stringify(text).includes('1 + 1'), 'the output')
    const changed = NOTEBOOK.replace('x = 1', 'x = 2')
    const saved = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: [changed],
      names: ['_'],
      configs: [{}],
      filename: 'other.py',
      layout: null,
    })
    expect(saved.head.status).toBe(200)
    const stored = (await owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }
    expect(stored.source).toBe(changed)
    await tab.events.find(({ type }) => type === 'saved', 'the saved event')
    expect(channel.sequences).toEqual(channel.sequences.map((_, index) => index + 1))
    tab.drop()
  })

  test('a save that is no notebook is refused to the browser and to the person, and nothing is stored', async () => {
    const { tab, channel, notebook } = await liveKernel()
    tab.openEvents()
    const saved = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: ['x = ('],
      names: ['_'],
      configs: [{}],
      filename: 'x',
      layout: null,
    })
    expect([saved.head.status, refusalOf(saved.body)]).toEqual([409, 'broken-source'])
    await tab.events.find(({ type }) => type === 'save-refused', 'the save-refused event')
    expect(((await owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }).source).toBe(NOTEBOOK)
    tab.drop()
  })

  test('a refused command is answered twice the same: at once, and in the stream', async () => {
    const { tab, channel } = await liveKernel()
    const sequence = channel.send('/api/kernel/shutdown')
    const atOnce = await channel.answers.find(({ head, sequence: at }) => head.request === sequence && at === 0, 'the refusal')
    expect([atOnce.head.status, refusalOf(atOnce.body)]).toEqual([403, 'use-the-shell'])
    const inStream = await channel.answers.find(
      ({ head, sequence: at }) => head.request === sequence && at !== 0,
      'the answer in the stream',
    )
    expect(inStream.head.status).toBe(403)
    expect((await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['after'] })).head.status).toBe(200)
    expect(gateway.log.some((line) => line.includes('command refused') && line.includes('POST /api/kernel/shutdown'))).toBe(true)
    tab.drop()
  })

  test('a reader interacts and cannot run', async () => {
    const { tab, channel } = await liveKernel(owner, 'run')
    expect((await channel.ask('/api/kernel/set_ui_element_value', { objectIds: [], values: [] })).head.status).toBe(200)
    const refused = await channel.ask('/api/kernel/run', { cellIds: ['x'], codes: ['secret()'] })
    expect([refused.head.status, refusalOf(refused.body)]).toEqual([403, 'read-only-view'])
    expect(gateway.log.some((line) => line.includes('secret()'))).toBe(false)
    tab.drop()
  })
})

describe('coming back', () => {
  test('the same tab resumes without gap or duplicate', async () => {
    const { tab, kernel, channel } = await liveKernel()
    await channel.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['before'] })
    const point = channel.resumePoint
    tab.drop()
    const again = await signedTab(owner, tab.resume)
    expect(again.tab).toBe(tab.tab)
    const back = again.kernel(kernel, point)
    const how = await back.opened.find()
    expect(how).toMatchObject({ resumed: true, stream: point.stream, next: point.received + 1 })
    await back.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['after'] })
    expect(back.sequences).toEqual(back.sequences.map((_, index) => point.received + 1 + index))
    expect(back.texts.seen.some(({ op }) => op === 'kernel-ready')).toBe(false)
    again.drop()
  })

  test('a resume token works once, and only for its person', async () => {
    const first = await signedTab()
    const second = await signedTab(owner, first.resume)
    const replayed = await signedTab(owner, first.resume)
    const stranger = await signedTab(await signIn(gateway, 'demo-colleague'), second.resume)
    expect(second.tab).toBe(first.tab)
    expect(replayed.tab).not.toBe(first.tab)
    expect(stranger.tab).not.toBe(first.tab)
    for (const tab of [first, second, replayed, stranger]) tab.drop()
  })

  test('a second tab takes the kernel, and the first is told so', async () => {
    const { tab, kernel, notebook, channel } = await liveKernel()
    const other = await signedTab()
    expect((await openAgain(owner, other.tab, notebook)).kernel).toBe(kernel)
    const taken = other.kernel(kernel)
    await taken.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready in the second tab')
    expect((await channel.ended.find()).reason).toBe('moved')
    tab.drop()
    other.drop()
  })
})

describe('authority', () => {
  test('another person’s kernel and one that never was get the same answer', async () => {
    const { tab, kernel } = await liveKernel()
    const colleague = await signedTab(await signIn(gateway, 'demo-colleague'))
    const theirs = await colleague.kernel(kernel).ended.find()
    const none = await colleague.kernel('k_nothing-there').ended.find()
    expect(theirs).toEqual(none)
    expect(theirs.reason).toBe('notFound')
    tab.drop()
    colleague.drop()
  })

  test('a browser opens no runner channel and names no tab', async () => {
    const tab = await signedTab()
    const ended = new Happenings<string>()
    tab.link.openChannel({ resource: { type: 'runner' } }, { message: () => {}, ended: ({ reason }) => ended.add(reason) })
    expect(await ended.find()).toBe('forbidden')
    tab.link.openChannel({ resource: { type: 'events' }, tab: 't_someone-else' }, { message: () => {}, ended: () => {} })
    expect((await tab.closed.find()).code).toBe(CLOSE.badFrame.code)
  })

  test('a command with a tag of the browser’s ends the link', async () => {
    const { tab, channel } = await liveKernel()
    channel.send('/api/kernel/run', {}, { tag: 'save' })
    expect((await channel.ended.find()).reason).toBe('badFrame')
    tab.drop()
  })

  test('events take no message', async () => {
    const tab = await signedTab()
    const channel = tab.openEvents()
    await until(() => channel.stream !== '', 'the channel')
    channel.send('text', Buffer.from('{}'))
    expect((await tab.eventsEnded.find()).reason).toBe('forbidden')
    expect(tab.link.open).toBe(true)
    tab.drop()
  })

  test('trash closes exactly the channels of that notebook', async () => {
    const one = await liveKernel()
    const other = one.tab.kernel((await opened(owner, one.tab.tab)).kernel)
    await other.texts.find(({ op }) => op === 'kernel-ready')
    expect((await owner.call(`DELETE /api/notebooks/${one.notebook}`)).status).toBe(200)
    expect(['revoked', 'kernelGone']).toContain((await one.channel.ended.find()).reason)
    expect((await other.ask('/api/kernel/run', { cellIds: ['Hbol'], codes: ['still here'] })).head.status).toBe(200)
    one.tab.drop()
  })

  test('who loses the lease loses the channel, and a save on its way becomes a draft', async () => {
    const colleague = await signIn(gateway, 'demo-colleague')
    const shared = ((await owner.call('GET /api/notebooks')).body as { id: string; name: string }[]).find(
      ({ name }) => name === 'shared',
    )
    const notebook = shared?.id ?? ''
    const tab = await signedTab()
    const { kernel } = await openAgain(owner, tab.tab, notebook)
    const channel = tab.kernel(kernel)
    await channel.texts.find(({ op }) => op === 'kernel-ready')
    expect((await colleague.call(`POST /api/notebooks/${notebook}/lease/ask`, {})).status).toBe(200)
    expect((await owner.call(`POST /api/notebooks/${notebook}/lease/answer`, { give: true })).status).toBe(200)
    const late = await channel.ask('/api/kernel/save', {
      cellIds: ['a'],
      codes: [NOTEBOOK.replace('x = 1', 'x = 3')],
      names: ['_'],
      configs: [{}],
      filename: 'x',
      layout: null,
    })
    expect([late.head.status, refusalOf(late.body)]).toEqual([409, 'not-the-editor'])
    expect((await owner.call(`GET /api/notebooks/${notebook}/drafts`)).body).toHaveLength(1)
    expect((await channel.ended.find()).reason).toBe('leaseLost')
    expect(((await owner.call(`GET /api/notebooks/${notebook}/source`)).body as { source: string }).source).toBe(NOTEBOOK)
    tab.drop()
  })

  test('sign-out ends every socket of the person and nobody else’s', async () => {
    const analyst = await signIn(gateway, 'demo-analyst')
    const tabs = [await signedTab(analyst), await signedTab(analyst)]
    const mine = await signedTab()
    expect((await analyst.call('POST /api/sign-out', {})).status).toBe(200)
    for (const tab of tabs) expect((await tab.closed.find()).code).toBe(CLOSE.unauthenticated.code)
    const { kernel } = await opened(owner, mine.tab)
    await mine.kernel(kernel).texts.find(({ op }) => op === 'kernel-ready')
    mine.drop()
  })
})

describe('bad peers', () => {
  const upgrade = (headers: Record<string, string>, path = '/mux'): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const socket = new WebSocket(`${gateway.origin.replace('http', 'ws')}${path}`, { headers })
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('open', () => resolve(101))
    socket.on('error', () => {})
    return promise.finally(() => socket.terminate())
  }

  test.each([
    ['missing', {} as { origin?: string }],
    ['null', { origin: 'null' }],
    ['wrong', { origin: 'http://evil.example' }],
    ['lookalike', { origin: 'ORIGIN.evil.example' }],
    ['another scheme', { origin: 'HTTPS' }],
    ['another port', { origin: 'http://localhost:1' }],
  ])('an origin that is %s is refused', async (_, headers) => {
    const origin = headers.origin?.replace('ORIGIN', gateway.origin).replace('HTTPS', gateway.origin.replace('http:', 'https:'))
    expect(await upgrade(origin === undefined ? {} : { origin })).toBe(403)
  })

  test('another host name, a query and another path are refused', async () => {
    const { origin } = gateway
    expect(await upgrade({ origin, host: 'evil.example' })).toBe(421)
    expect(await upgrade({ origin }, '/mux?bearer=x')).toBe(404)
    expect(await upgrade({ origin }, '/other')).toBe(404)
    expect(await upgrade({ origin })).toBe(101)
  })

  /** Bytes on a fresh socket, before or after sign-in, and the code they end it with. */
  async function ends(bytes: (Uint8Array | string)[], name: CloseName, signed: boolean): Promise<void> {
    const tab = signed ? await signedTab() : new Tab(gateway.origin)
    if (!signed) await new Promise((resolve) => tab.socket.once('open', resolve))
    for (const part of bytes) tab.socket.send(part)
    expect((await tab.closed.find()).code).toBe(CLOSE[name].code)
  }
  const control = (message: object) => encodeFrame(0, 'control', false, 0, Buffer.from(JSON.stringify(message)))
  const hello = (bearer: string) => encodeControl({ type: 'hello', protocol: 1, bearer })

  test.each([
    ['text', ['hello']],
    ['nothing', [new Uint8Array(0)]],
    ['a truncated frame', [new Uint8Array([0x80])]],
    ['an unknown kind', [new Uint8Array([0, 77, 0])]],
    ['a frame on a channel before sign-in', [encodeFrame(1, 'request', false, 1, new Uint8Array(3))]],
    ['something other than a hello', [control({ type: 'ping', nonce: 1 })]],
    ['an unknown control message', [control({ type: 'sudo' })]],
    ['a hello with more than it has', [control({ type: 'hello', protocol: 1, bearer: 'x', admin: true })]],
    ['a hello of __proto__', [encodeFrame(0, 'control', false, 0, Buffer.from('{"__proto__":{"type":"hello"}}'))]],
    ['10 000 levels of JSON', [encodeFrame(0, 'control', false, 0, Buffer.from('['.repeat(8000)))]],
  ])('before sign-in, %s ends the socket', (_, bytes) => ends(bytes, 'badFrame', false))

  test('before sign-in, more than a hello may hold ends the socket', async () => {
    await ends([encodeFrame(0, 'control', false, 0, new Uint8Array(WIRE.helloBytes + 1))], 'badFrame', false).catch(async () => {
      await ends([new Uint8Array(WIRE.helloBytes + 1)], 'tooBig', false)
    })
  })

  test('a wrong bearer is signed out', () => ends([hello('wrong')], 'unauthenticated', false))

  test.each([
    ['a second hello', () => [hello(owner.bearer)]],
    ['a frame of a channel that is not open', () => [encodeFrame(9, 'request', false, 1, new Uint8Array(3))]],
    ['a window of nothing', () => [control({ type: 'open', channel: 1, resource: { type: 'events' }, window: 0 })]],
    [
      'a kernel id that is none',
      () => [control({ type: 'open', channel: 1, resource: { type: 'kernel', kernel: '../etc' }, window: 524288 })],
    ],
    ['a frame longer than a fragment', () => [encodeFrame(1, 'request', false, 1, new Uint8Array(WIRE.fragment + 1))]],
  ])('after sign-in, %s ends the socket', (_, bytes) => ends(bytes(), 'badFrame', true))

  test('a frame beyond any limit ends the socket before it is read', async () => {
    const tab = await signedTab()
    tab.socket.send(new Uint8Array(4 * WIRE.fragment))
    expect([1009, CLOSE.tooBig.code]).toContain((await tab.closed.find()).code)
  })

  test('a command out of sequence, or on a channel that takes none, ends that channel alone', async () => {
    const { tab, channel } = await liveKernel()
    const other = tab.kernel((await opened(owner, tab.tab)).kernel)
    await other.texts.find(({ op }) => op === 'kernel-ready')
    const payload = encodeCommand({ method: 'POST', path: '/api/kernel/run' }, new Uint8Array(0))
    tab.socket.send(encodeFrame(channel.channel.id, 'request', false, 7, payload))
    expect((await channel.ended.find()).reason).toBe('gap')
    tab.socket.send(encodeFrame(other.channel.id, 'text', false, 1, payload))
    expect((await other.ended.find()).reason).toBe('forbidden')
    expect(tab.link.open).toBe(true)
    tab.drop()
  })

  test('sockets that have not signed in are counted, and each that ends makes room', async () => {
    const waiting = Array.from({ length: SOCKETS.unsigned }, () => new Tab(gateway.origin))
    await Promise.all(waiting.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))))
    expect(await upgrade({ origin: gateway.origin })).toBe(503)
    for (const tab of waiting) tab.drop()
    const late = Date.now() + 5000
    while ((await upgrade({ origin: gateway.origin })) !== 101) expect(Date.now()).toBeLessThan(late)
    ;(await signedTab()).drop()
  })

  test('who says nothing is shown out at the deadline, however slowly they talk', async () => {
    const started = Date.now()
    const silent = new Tab(gateway.origin)
    const slow = connect(Number(new URL(gateway.origin).port), 'localhost')
    const request = [
      'GET /mux HTTP/1.1',
      `Host: ${new URL(gateway.origin).host}`,
      `Origin: ${gateway.origin}`,
      'Upgrade: websocket',
    ]
    slow.write(
      [
        ...request,
        'Connection: Upgrade',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
        '',
        '',
      ].join('\r\n'),
    )
    const drip = setInterval(() => slow.write(new Uint8Array([0x82])), 200)
    slow.on('data', () => {})
    const { promise, resolve } = Promise.withResolvers<void>()
    slow.on('error', () => {})
    slow.on('close', () => resolve())
    expect((await silent.closed.find(() => true, 'the deadline', WIRE.helloDeadline + 5000)).code).toBe(CLOSE.helloTimeout.code)
    await promise
    clearInterval(drip)
    expect(Date.now() - started).toBeLessThan(4 * WIRE.helloDeadline)
  })

  test('nothing of what bad peers sent stands in the log', () => {
    expect(
      gateway.log.filter((line) => line.includes(owner.bearer) || line.includes('"admin"') || line.includes('sudo')),
    ).toEqual([])
  })
})

describe('a gateway that comes back', () => {
  test('stops what nobody may keep, before it offers a link', async () => {
    const { tab, kernel, channel } = await liveKernel()
    const judged: string[] = []
    const next = newLive()
    next.begin(async ({ spec }) => {
      expect(next.link()).toBeNull()
      judged.push(spec.id)
      return spec.id !== kernel
    })
    await until(() => next.link() !== null, 'the second connection')
    expect(judged).toContain(kernel)
    await until(() => next.get(kernel)?.phase.phase === 'exited', 'its end')
    expect(next.get(kernel)?.phase).toMatchObject({ phase: 'exited', cause: 'revoked' })
    expect((await channel.ended.find()).reason).toBe('revoked')
    next.close()
    tab.drop()
  })
})

describe('the runner goes away', () => {
  test('its kernels are said to be gone, and a new runner starts new ones', async () => {
    const { tab, kernel, notebook, channel } = await liveKernel()
    tab.openEvents()
    await runner.kill()
    expect((await channel.ended.find()).reason).toBe('goingAway')
    await tab.events.find(
      (event) => event.type === 'phase' && event.kernel === kernel && event.phase.phase === 'exited',
      'the end of the kernel',
    )
    runner = await startFakeRunner(runner.socket)
    await until(() => live.info() !== null, 'the new runner')
    const again = await openAgain(owner, tab.tab, notebook)
    expect(again.kernel).not.toBe(kernel)
    await new KernelTab(tab.link, again.kernel).texts.find(({ op }) => op === 'kernel-ready')
    tab.drop()
  })
})
