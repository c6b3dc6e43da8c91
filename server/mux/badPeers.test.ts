// What sends what no browser of ours sends, or nothing: closed with the named code, and it costs nobody else anything.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE, type CloseName } from '#protocol/close.ts'
import { encodeCommand, encodeFrame } from '#protocol/codec.ts'
import { encodeControl } from '#protocol/control.ts'
import { WIRE } from '#protocol/limits.ts'
import { varintLength, writeVarint } from '#protocol/varint.ts'
import { SOCKETS } from './admission.ts'
import { Tab } from './testing/browser.ts'
import { House, until } from './testing/house.ts'

const house = House.forTests()
const HEADERS = 10_000 // ms that a request's head may take

const upgradeRequest = (hosts: readonly string[]) =>
  [
    'GET /mux HTTP/1.1',
    ...hosts.map((host) => `Host: ${host}`),
    `Origin: ${house.origin}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
    '',
    '',
  ].join('\r\n')

function dial(): Socket {
  const socket = connect(Number(new URL(house.origin).port), 'localhost')
  return socket.on('error', () => {})
}

/** The first bytes of the answer to these. */
async function raw(request: string): Promise<string> {
  const socket = dial()
  socket.write(request)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString('latin1')
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value))
  writeVarint(bytes, 0, value)
  return bytes
}

/** Sends the start of something, then a byte now and then; resolves when it is cut off. */
async function dripping(start: string, byte: readonly number[]): Promise<void> {
  const socket = dial().on('data', () => {})
  socket.write(start)
  const drip = setInterval(() => socket.write(new Uint8Array(byte)), 200)
  await new Promise((resolve) => socket.once('close', resolve)) // perhaps with a reset: it was still talking
  clearInterval(drip)
}

describe('bad peers', () => {
  const upgrade = (headers: Record<string, string>, path = '/mux'): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const socket = new WebSocket(`${house.gateway.origin.replace('http', 'ws')}${path}`, { headers })
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
    const origin = headers.origin
      ?.replace('ORIGIN', house.gateway.origin)
      .replace('HTTPS', house.gateway.origin.replace('http:', 'https:'))
    expect(await upgrade(origin === undefined ? {} : { origin })).toBe(403)
  })

  test('another host name, a query and another path are refused', async () => {
    const { origin } = house
    expect(await upgrade({ origin, host: 'evil.example' })).toBe(421)
    expect(await upgrade({ origin }, '/mux?bearer=x')).toBe(404)
    expect(await upgrade({ origin }, '/other')).toBe(404)
    expect(await upgrade({ origin })).toBe(101)
  })

  /** Bytes on a fresh socket, before or after sign-in, and the code they end it with. */
  async function ends(bytes: (Uint8Array | string)[], name: CloseName, signed: boolean): Promise<void> {
    const tab = signed ? await house.signedTab() : new Tab(house.gateway.origin)
    if (!signed) await new Promise((resolve) => tab.socket.once('open', resolve))
    for (const part of bytes) tab.socket.send(part)
    expect((await tab.closed.find()).code).toBe(CLOSE[name].code)
  }
  const control = (message: object) => encodeFrame(0, 'control', false, 0, Buffer.from(JSON.stringify(message)))
  const json = (text: string) => encodeFrame(0, 'control', false, 0, Buffer.from(text))
  const opening = (more: object, resource: object = {}) =>
    control({
      type: 'open',
      channel: 1,
      resource: { type: 'kernel', kernel: 'k_nothing-there', ...resource },
      window: 524288,
      ...more,
    })
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

  test('before sign-in, more than a hello may hold ends the socket', () =>
    ends([encodeFrame(0, 'control', false, 0, new Uint8Array(WIRE.helloBytes + 1))], 'badFrame', false))

  test('before sign-in, more than a hello may hold ends the socket before its frame is whole', async () => {
    const tab = new Tab(house.origin)
    await once(tab.socket, 'open')
    const [fin, length] = [0x82, 0xfe] // a masked binary frame, its length in two bytes
    const wire = (tab.socket as unknown as { _socket: Socket })._socket
    wire.write(Buffer.concat([Buffer.from([fin, length, 0xff, 0xff, 1, 2, 3, 4]), Buffer.alloc(WIRE.helloBytes)]))
    expect((await tab.closed.find()).code).toBe(CLOSE.tooBig.code)
  })

  test('a wrong bearer is signed out', () => ends([hello('wrong')], 'unauthenticated', false))

  test.each([
    ['a second hello', () => [hello(house.owner.bearer)]],
    ['a frame of a channel that is not open', () => [encodeFrame(9, 'request', false, 1, new Uint8Array(3))]],
    ['a window of nothing', () => [control({ type: 'open', channel: 1, resource: { type: 'events' }, window: 0 })]],
    [
      'a kernel id that is none',
      () => [control({ type: 'open', channel: 1, resource: { type: 'kernel', kernel: '../etc' }, window: 524288 })],
    ],
    ['an open with more than it has', () => [opening({ role: 'edit' })]],
    ['a kernel with a session, a mode or a person of the browser’s own', () => [opening({}, { session: 's_1', mode: 'edit' })]],
    [
      'an open of __proto__',
      () => [json('{"__proto__":{"type":"open","channel":1,"resource":{"type":"events"},"window":524288}}')],
    ],
    ['a channel that is no number', () => [opening({ channel: Number.NaN })]],
    ['a channel that is no whole number', () => [opening({ channel: 1.5 })]],
    ['a channel below any', () => [opening({ channel: -1 })]],
    ['a channel beyond any', () => [opening({ channel: 2 ** 53 })]],
    ['a window of 10 000 levels', () => [json(`{"type":"open","window":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)]],
    ['a frame longer than a fragment', () => [encodeFrame(1, 'request', false, 1, new Uint8Array(WIRE.fragment + 1))]],
  ])('after sign-in, %s ends the socket', (_, bytes) => ends(bytes(), 'badFrame', true))

  test('a frame beyond any limit ends the socket before it is read', async () => {
    const tab = await house.signedTab()
    tab.socket.send(new Uint8Array(4 * WIRE.fragment))
    expect((await tab.closed.find()).code).toBe(1009) // said by the WebSocket itself
  })

  test('a command out of sequence, or on a channel that takes none, ends that channel alone', async () => {
    const { tab, channel } = await house.liveKernel()
    const other = tab.kernel((await house.opened(house.owner, tab.tab)).kernel)
    await other.texts.find(({ op }) => op === 'kernel-ready')
    const payload = encodeCommand({ method: 'POST', path: '/api/kernel/run' }, new Uint8Array(0))
    tab.socket.send(encodeFrame(channel.channel.id, 'request', false, 7, payload))
    expect((await channel.ended.find()).reason).toBe('gap')
    tab.socket.send(encodeFrame(other.channel.id, 'text', false, 1, payload))
    expect((await other.ended.find()).reason).toBe('forbidden')
    expect(tab.link.open).toBe(true)
    tab.drop()
  })

  test.each([
    ['more than it has', JSON.stringify({ method: 'POST', path: '/health', role: 'edit' })],
    ['a session of its own', JSON.stringify({ method: 'POST', path: '/health', headers: { 'Marimo-Session-Id': 's_1' } })],
    ['only what it inherits', '{"__proto__":{"method":"POST","path":"/health"}}'],
    ['10 000 levels', `{"method":"POST","path":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['a path elsewhere', JSON.stringify({ method: 'POST', path: 'http://evil.example/' })],
    ['another method', JSON.stringify({ method: 'DELETE', path: '/health' })],
    ['no JSON', 'NaN'],
  ])('a reader’s command whose head has %s ends its channel, and nothing else', async (_, head) => {
    const { tab, channel } = await house.liveKernel(house.owner, 'run')
    const bytes = Buffer.from(head)
    channel.channel.send('request', Buffer.concat([varint(bytes.length), bytes]))
    expect((await channel.ended.find()).reason).toBe('badFrame')
    expect(tab.link.open).toBe(true)
    tab.drop()
  })

  test('the oldest socket that has not signed in gives way to the next, so nobody keeps the door full', async () => {
    const waiting = Array.from({ length: SOCKETS.unsigned }, () => new Tab(house.origin))
    await Promise.all(waiting.map(({ socket }) => once(socket, 'open')))
    const [oldest, ...others] = waiting
    const signed = await house.signedTab()
    expect((await oldest?.closed.find())?.code).toBe(CLOSE.helloTimeout.code)
    expect(others.filter(({ closed }) => closed.seen.length > 0)).toEqual([])
    for (const tab of [...others, signed]) tab.drop()
  })

  test('a link that breaks while it is welcomed counts for nobody', async () => {
    const broken = Array.from({ length: 2 * SOCKETS.perPerson }, () => new Tab(house.origin))
    await Promise.all(broken.map(({ socket }) => once(socket, 'open')))
    const garbage = encodeFrame(1, 'request', false, 1, new Uint8Array(3))
    for (const { socket } of broken) {
      socket.send(hello(house.owner.bearer))
      socket.send(garbage)
    }
    for (const { closed } of broken) expect((await closed.find()).code).toBe(CLOSE.badFrame.code)
    ;(await house.signedTab()).drop()
  })

  test('a person’s sockets are bounded, also when all say hello at once', async () => {
    const tabs = Array.from({ length: SOCKETS.perPerson + 5 }, () => new Tab(house.origin, { bearer: house.owner.bearer }))
    const ended = () => tabs.filter(({ closed }) => closed.seen.length > 0)
    const welcomed = () => tabs.filter(({ welcomes }) => welcomes.seen.length > 0)
    await until(() => ended().length + welcomed().length === tabs.length, 'an answer to each')
    expect(welcomed()).toHaveLength(SOCKETS.perPerson)
    expect(ended().map(({ closed }) => closed.seen[0]?.code)).toEqual(Array(5).fill(CLOSE.crowded.code))
    for (const tab of tabs) tab.drop()
  })

  test('a second Host header is refused, whichever is ours', async () => {
    const ours = new URL(house.origin).host
    for (const hosts of [
      [ours, 'evil.example'],
      ['evil.example', ours],
      [ours, ours],
    ]) {
      const answer = await raw(upgradeRequest(hosts))
      expect(answer).toMatch(/^HTTP\/1\.1 421 /)
    }
    expect(await raw(upgradeRequest([ours]))).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('who says nothing is shown out at the deadline, however slowly they talk', async () => {
    const started = Date.now()
    const silent = new Tab(house.origin)
    const slow = dripping(upgradeRequest([new URL(house.origin).host]), [0x82])
    expect((await silent.closed.find(() => true, 'the deadline', WIRE.helloDeadline + 5000)).code).toBe(CLOSE.helloTimeout.code)
    await slow
    expect(Date.now() - started).toBeLessThan(4 * WIRE.helloDeadline)
  })

  test('who trickles a request is shown out at its deadline, before any upgrade', async () => {
    const started = Date.now()
    await dripping(`GET /mux HTTP/1.1\r\nHost: ${new URL(house.origin).host}\r\nX: `, [0x61])
    expect(Date.now() - started).toBeGreaterThan(HEADERS - 500)
    expect(Date.now() - started).toBeLessThan(HEADERS + 10_000)
  })

  test('nothing of what bad peers sent stands in the log', () => {
    expect(
      house.gateway.log.filter((line) => line.includes(house.owner.bearer) || line.includes('"admin"') || line.includes('sudo')),
    ).toEqual([])
  })
})
