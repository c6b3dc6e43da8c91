// The server's real routes against the table of calls, and every way to a socket but one.
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CALLS } from '#protocol/calls.ts'
import { clock } from '../clock.ts'
import { runnerKernels } from '../kernels/runner.ts'
import { makeLog } from '../log.ts'
import { stopGateway, type TestGateway, testGateway } from '../testing.ts'

let gateway: TestGateway
let port = 0
beforeAll(async () => {
  const socket = join(mkdtempSync(join(tmpdir(), 'scrydon-doors-')), 'no-runner.sock')
  gateway = await testGateway({ live: runnerKernels({ socket, clock, log: makeLog('silent') }) })
  port = Number(new URL(gateway.origin).port)
})
afterAll(() => stopGateway(gateway))

/** As the router itself lists them: a tree, a path's part on each line. */
function routes(): string[] {
  const path: string[] = []
  return gateway.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^(.*?)[├└]── (\S+) \(([A-Z, ]+)\)$/.exec(line)
      if (!found) return []
      const [, indent = '', part = '', methods = ''] = found
      path.splice(indent.length / 4)
      path.push(part)
      return methods.split(', ').map((method) => `${method} ${path.join('')}`)
    })
}

test('the server has the routes of the table and the figures, and no other', () => {
  const reads = Object.keys(CALLS).filter((call) => call.startsWith('GET '))
  const heads = ['GET /metrics', ...reads].map((call) => call.replace('GET', 'HEAD'))
  expect(routes().sort()).toEqual([...Object.keys(CALLS), 'GET /metrics', ...heads].sort())
})

/** The first line of what comes back, and whether the connection was ended. */
function upgrade(path: string, headers: readonly string[] = []): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: localhost:${port}`,
    `Origin: http://localhost:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  ]
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      if (text.startsWith('HTTP/1.1 101')) socket.destroy()
    })
    socket.on('close', () => done(text.split('\r\n')[0] ?? ''))
    socket.on('error', fail)
  })
}

test('a socket is opened at /mux and nowhere else', async () => {
  expect(await upgrade('/mux')).toBe('HTTP/1.1 101 Switching Protocols')
  const paths = Object.keys(CALLS)
    .filter((call) => call.startsWith('GET '))
    .map((call) => call.slice(4).replace(':id', 'n_abcdefgh').replace(':version', 'v_abcdefgh'))
  for (const path of [
    ...paths,
    '/',
    '/n/n_abcdefgh',
    '/metrics',
    '/mux/',
    '/mux?x',
    '/MUX',
    '//mux',
    '/./mux',
    '/%6dux',
    '/mux#x',
    '/ws',
  ])
    expect(await upgrade(path), path).toMatch(/^HTTP\/1.1 (400 Bad Request|404 Not Found)$/)
})

test('a header that is folded onto a second line is refused, not joined', async () => {
  expect(await upgrade('/mux', ['X-Folded: one', ' two'])).toMatch(/^HTTP\/1.1 400 /)
})

test('a second request in the same bytes is judged as the first would be', async () => {
  const first = ['GET /healthz HTTP/1.1', `Host: localhost:${port}`]
  const second = [
    'GET /mux HTTP/1.1',
    `Host: localhost:${port}`,
    'Origin: https://evil.example',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]
  const both = [first, second].map((lines) => `${lines.join('\r\n')}\r\n\r\n`).join('')
  const answers = await new Promise<string>((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(both))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => done(text))
    socket.on('error', fail)
  })
  expect(answers.match(/HTTP\/1\.1 \d+/g)?.at(-1)).toBe('HTTP/1.1 403')
  expect(answers).not.toContain('HTTP/1.1 101')
})
