// What sends what no browser of ours sends, or nothing: closed with the named code, and it costs nobody else anything.
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CLOSE, type CloseName } from '#protocol/close.ts'
import { encodeCommand, encodeFrame } from '#protocol/codec.ts'
import { encodeControl } from '#protocol/control.ts'
import { WIRE } from '#protocol/limits.ts'
import { SOCKETS } from './admission.ts'
import { Tab } from './testing/browser.ts'
import { House } from './testing/house.ts'

const house = House.forTests()

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
    ['a second hello', () => [hello(house.owner.bearer)]],
    ['a frame of a channel that is not open', () => [encodeFrame(9, 'request', false, 1, new Uint8Array(3))]],
    ['a window of nothing', () => [control({ type: 'open', channel: 1, resource: { type: 'events' }, window: 0 })]],
    [
      'a kernel id that is none',
      () => [control({ type: 'open', channel: 1, resource: { type: 'kernel', kernel: '../etc' }, window: 524288 })],
    ],
    ['a frame longer than a fragment', () => [encodeFrame(1, 'request', false, 1, new Uint8Array(WIRE.fragment + 1))]],
  ])('after sign-in, %s ends the socket', (_, bytes) => ends(bytes(), 'badFrame', true))

  test('a frame beyond any limit ends the socket before it is read', async () => {
    const tab = await house.signedTab()
    tab.socket.send(new Uint8Array(4 * WIRE.fragment))
    expect([1009, CLOSE.tooBig.code]).toContain((await tab.closed.find()).code)
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

  test('sockets that have not signed in are counted, and each that ends makes room', async () => {
    const waiting = Array.from({ length: SOCKETS.unsigned }, () => new Tab(house.gateway.origin))
    await Promise.all(waiting.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))))
    expect(await upgrade({ origin: house.gateway.origin })).toBe(503)
    for (const tab of waiting) tab.drop()
    const late = Date.now() + 5000
    while ((await upgrade({ origin: house.gateway.origin })) !== 101) expect(Date.now()).toBeLessThan(late)
    ;(await house.signedTab()).drop()
  })

  test('who says nothing is shown out at the deadline, however slowly they talk', async () => {
    const started = Date.now()
    const silent = new Tab(house.gateway.origin)
    const slow = connect(Number(new URL(house.gateway.origin).port), 'localhost')
    const request = [
      'GET /mux HTTP/1.1',
      `Host: ${new URL(house.gateway.origin).host}`,
      `Origin: ${house.gateway.origin}`,
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
      house.gateway.log.filter((line) => line.includes(house.owner.bearer) || line.includes('"admin"') || line.includes('sudo')),
    ).toEqual([])
  })
})
