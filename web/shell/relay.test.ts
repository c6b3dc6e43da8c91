import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ToFrame } from '#protocol/bridge.ts'
import { type Answer, type FrameNews, type KernelChannel, type KernelListener, Relay } from './relay.ts'

type Asked = { readonly method: string; readonly path: string; readonly text: string; answer(answer: Answer): void; fail(): void }

let frame: MessagePort
let relay: Relay
let listeners: KernelListener[]
let left: number
let asked: Asked[]
let news: FrameNews[]
let heard: ToFrame[]
let wake = () => {}

const bytes = (text: string) => new TextEncoder().encode(text)
const channel: KernelChannel = {
  request: (method, path, _, body) =>
    new Promise((answer, reject) => {
      asked.push({ method, path, text: new TextDecoder().decode(body), answer, fail: () => reject(new Error('gone')) })
      wake()
    }),
  listen(listener) {
    listeners.push(listener)
    wake()
    return () => {
      left += 1
    }
  },
}

beforeEach(() => {
  const ports = new MessageChannel()
  ;[listeners, asked, news, heard, left] = [[], [], [], [], 0]
  frame = ports.port2
  relay = new Relay(ports.port1, channel, (said) => {
    news.push(said)
    wake()
  })
  frame.onmessage = ({ data }) => {
    heard.push(data)
    wake()
  }
})
afterEach(() => {
  relay.stop()
  frame.close()
})

/** Resolves when what is asked for has come about; the runner's own deadline ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds())
    await new Promise<void>((done) => {
      wake = done
    })
}

const types = () => heard.map(({ type }) => type)

test('marimo’s stream is opened and carried as it is; an end that trying again cannot help is the shell’s to say', async () => {
  frame.postMessage({ type: 'socket-open', socket: 1, path: '/ws?session_id=s_1' })
  await until(() => listeners.length === 1)
  listeners[0]?.message('{"op":"x"}', () => {})
  listeners[0]?.message(bytes('raw'), () => {})
  listeners[0]?.ended('kernelGone')
  frame.postMessage({ type: 'socket-open', socket: 2, path: '/elsewhere' }) // answered after whatever the end would have said
  await until(() => heard.length === 4)
  expect(types()).toEqual(['socket-opened', 'socket-message', 'socket-message', 'socket-closed'])
  expect(heard[1]).toMatchObject({ socket: 1, data: '{"op":"x"}' })
  expect(heard[2]).toMatchObject({ data: bytes('raw').buffer })
  expect(heard[3]).toMatchObject({ socket: 2, reason: 'refused' })
})

test('the kernel is told of what the page has dealt with, no sooner and no more than once', async () => {
  const taken: number[] = []
  frame.postMessage({ type: 'socket-open', socket: 1, path: '/ws' })
  await until(() => listeners.length === 1)
  for (const at of [1, 2, 3, 4]) listeners[0]?.message(`${at}`, () => taken.push(at))
  await until(() => heard.length === 5)
  expect(taken).toEqual([])
  frame.postMessage({ type: 'socket-taken', socket: 9, count: 4 }) // no stream of that name
  frame.postMessage({ type: 'socket-taken', socket: 1, count: 2 })
  frame.postMessage({ type: 'socket-open', socket: 2, path: '/elsewhere' })
  await until(() => heard.length === 6)
  expect(taken).toEqual([1, 2])
  frame.postMessage({ type: 'socket-taken', socket: 1, count: 1000 })
  frame.postMessage({ type: 'socket-close', socket: 1 })
  await until(() => heard.length === 7)
  expect(taken).toEqual([1, 2, 3, 4])
})

test('what a stream was handed and did not take counts no more when another takes its place', async () => {
  const taken: number[] = []
  frame.postMessage({ type: 'socket-open', socket: 1, path: '/ws' })
  await until(() => listeners.length === 1)
  listeners[0]?.message('1', () => taken.push(1))
  frame.postMessage({ type: 'socket-open', socket: 2, path: '/ws' })
  await until(() => listeners.length === 2)
  expect(taken).toEqual([1])
})

test('a connection that will be back is one marimo tries again', async () => {
  frame.postMessage({ type: 'socket-open', socket: 1, path: '/ws' })
  await until(() => listeners.length === 1)
  listeners[0]?.ended('goingAway')
  await until(() => heard.length === 2)
  expect(heard[1]).toMatchObject({ type: 'socket-closed', code: 1012 })
})

test.each(['/terminal/ws', '/ws_sync?file=x', '/lsp/pylsp', 'ws', '/ws/../terminal/ws'])('no other socket: %s', async (path) => {
  frame.postMessage({ type: 'socket-open', socket: 7, path })
  await until(() => heard.length === 1)
  expect(heard[0]).toEqual({ type: 'socket-closed', socket: 7, code: 1008, reason: 'refused' })
  expect(listeners).toHaveLength(0)
})

test('a second stream takes the place of the first', async () => {
  frame.postMessage({ type: 'socket-open', socket: 1, path: '/ws' })
  frame.postMessage({ type: 'socket-open', socket: 2, path: '/ws' })
  await until(() => listeners.length === 2 && heard.length === 2)
  expect(left).toBe(1)
  listeners[0]?.ended('goingAway') // the former one's end is not the new one's
  listeners[1]?.message('still here', () => {})
  await until(() => heard.length === 4)
  expect(heard[3]).toEqual({ type: 'socket-message', socket: 2, data: 'still here' })
})

test('each request gets its own answer, in whatever order they come', async () => {
  frame.postMessage({
    type: 'fetch',
    request: 1,
    method: 'POST',
    path: '/api/kernel/run',
    contentType: 'application/json',
    body: bytes('{}').buffer,
  })
  frame.postMessage({ type: 'fetch', request: 2, method: 'GET', path: '/health' })
  await until(() => asked.length === 2)
  expect(asked.map(({ method, path, text }) => [method, path, text])).toEqual([
    ['POST', '/api/kernel/run', '{}'],
    ['GET', '/health', ''],
  ])
  asked[1]?.answer({ status: 200, contentType: 'text/plain', body: bytes('ok') })
  asked[0]?.fail()
  await until(() => heard.length === 2)
  expect(heard).toEqual([
    { type: 'answer', request: 2, status: 200, contentType: 'text/plain', body: bytes('ok').buffer },
    { type: 'answer', request: 1, status: 503, contentType: undefined, body: new ArrayBuffer(0) },
  ])
})

test('too many requests at once are refused, not kept', async () => {
  for (let request = 1; request <= 257; request++) frame.postMessage({ type: 'fetch', request, method: 'GET', path: '/health' })
  await until(() => heard.length === 1)
  expect(heard[0]).toMatchObject({ request: 257, status: 503 })
  expect(asked).toHaveLength(256)
})

test.each([
  null,
  'text',
  { type: 'unknown' },
  { type: 'fetch', request: 1, method: 'DELETE', path: '/x' },
  { type: 'fetch', request: 1, method: 'GET', path: 'x'.repeat(3000) },
  { type: 'fetch', request: 1, method: 'GET', path: '/x', credentials: 'include' },
  { type: 'socket-open', socket: 0, path: '/ws' },
  { type: 'intent', intent: 'share' },
  { type: 'link', url: 'javascript:alert(1)' },
  { type: 'shortcut', key: 'Enter' },
])('what is not in the contract is dropped: %j', async (message) => {
  frame.postMessage(message)
  frame.postMessage({ type: 'rendered' })
  await until(() => news.length === 1)
  expect(news).toEqual([{ type: 'rendered' }])
  expect([asked, listeners, heard]).toEqual([[], [], []])
})
