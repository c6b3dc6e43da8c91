import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentSite, hostKind, sitesOf } from './content.ts'

const FRAMES = 'http://*.nb.localhost:4001'
const LABEL = 'abcdefghij0123456789abcdef'
const SCRIPT = 'export const answer = 42\n'.repeat(50)
const ASSET = '/@marimo-team/1.2.3/assets/index-abc.js'
const CSP = 'content-security-policy'

let dist = ''
let server: Server
let port = 0

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'frame-'))
  const assets = join(dist, '@marimo-team/1.2.3/assets')
  mkdirSync(assets, { recursive: true })
  writeFileSync(join(dist, 'page.html'), '<html><script src="%ASSETS%/x.js"></script>%SHELL%</html>')
  writeFileSync(join(assets, 'index-abc.js'), SCRIPT)
  writeFileSync(join(assets, 'index-abc.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(assets, 'index-abc.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(assets, 'font-abc.woff2'), 'font')
  writeFileSync(join(dist, 'secret.txt'), 'secret')
  server = contentSite({ frames: FRAMES, shell: 'http://localhost:4000', portal: ['https://portal.example'], dist })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.close()
  rmSync(dist, { recursive: true })
})

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }

function get(host: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((done, fail) => {
    const asked = request({ port, path, method, setHost: false, headers: { host, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
    })
    asked.on('error', fail)
    asked.end()
  })
}

/** Bytes as they are, and everything that comes back. */
function raw(lines: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('close', () => done(text))
    socket.on('error', (error) => (text === '' ? fail(error) : done(text)))
  })
}

const page = (path = '/', headers = {}, method = 'GET') => get(`${LABEL}.nb.localhost:4001`, path, headers, method)
const asset = (path: string, headers = {}, method = 'GET') => get('assets.nb.localhost:4001', path, headers, method)

describe('hosts', () => {
  test.each([
    [`${LABEL}.nb.localhost:4001`, 'page'],
    ['assets.nb.localhost:4001', 'assets'],
    ['nb.localhost:4001', null],
    ['.nb.localhost:4001', null],
    [`${LABEL}.nb.localhost`, null],
    [`${LABEL}.nb.localhost:4000`, null],
    [`${LABEL}.nb.localhost:4001.evil.example`, null],
    [`a.${LABEL}.nb.localhost:4001`, null],
    [`${LABEL.toUpperCase()}.nb.localhost:4001`, null],
    ['short.nb.localhost:4001', null],
    [`${LABEL}.nb.localhost:4001@evil`, null],
    ['localhost:4001', null],
    ['', null],
  ])('%s is %s', (host, kind) => {
    expect(hostKind(FRAMES, host)).toBe(kind)
  })

  test('an unknown host gets nothing but the headers', async () => {
    const { status, headers, body } = await get('localhost:4001', '/')
    expect(status).toBe(421)
    expect(body.length).toBe(0)
    expect(headers[CSP]).toContain("default-src 'none'")
  })

  test('two hosts in one request are none', async () => {
    const twice = ['GET / HTTP/1.1', `Host: ${LABEL}.nb.localhost:4001`, 'Host: evil.example', 'Connection: close']
    expect(await raw(twice)).toMatch(/^HTTP\/1.1 421 /)
  })

  test('one host for all serves both, and only itself', () => {
    expect(hostKind('http://127.0.0.1:4001', '127.0.0.1:4001')).toBe('both')
    expect(hostKind('http://127.0.0.1:4001', 'localhost:4001')).toBe(null)
  })

  test('a content site on the shell’s own host is refused', () => {
    expect(() => sitesOf({ frames: 'http://localhost:4000', shell: 'http://localhost:4000', portal: [] })).toThrow('coincide')
  })
})

describe('the page', () => {
  test('is the same on every label, knows the two origins, and clears what was kept before', async () => {
    const first = await page()
    const other = await get(`${'z'.repeat(26)}.nb.localhost:4001`, '/')
    expect(first.status).toBe(200)
    expect(first.body.toString()).toBe(
      '<html><script src="http://assets.nb.localhost:4001/x.js"></script>http://localhost:4000</html>',
    )
    expect(other.body).toEqual(first.body)
    expect(first.headers['clear-site-data']).toBe('"cookies", "storage"')
    expect(first.headers['cache-control']).toBe('no-store')
    expect(first.headers['set-cookie']).toBeUndefined()
  })

  test('stands at / only; assets and API paths are not on its host', async () => {
    for (const path of [ASSET, '/api/kernel/run', '/ws', '/secret.txt', '/page.html']) expect((await page(path)).status).toBe(404)
  })
})

describe('assets', () => {
  test('come precompressed, never change, and any origin may read them', async () => {
    const { status, headers, body } = await asset(ASSET, { 'accept-encoding': 'gzip, deflate, br' })
    expect(status).toBe(200)
    expect(headers['content-encoding']).toBe('br')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers.vary).toBe('accept-encoding')
    expect(Number(headers['content-length'])).toBe(body.length)
    expect(brotliDecompressSync(body).toString()).toBe(SCRIPT)
  })

  test('come as they are where no coding is known or kept', async () => {
    expect((await asset(ASSET)).body.toString()).toBe(SCRIPT)
    expect((await asset(ASSET, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip')
    const font = await asset('/@marimo-team/1.2.3/assets/font-abc.woff2', { 'accept-encoding': 'br' })
    expect(font.headers['content-encoding']).toBeUndefined()
    expect(font.body.toString()).toBe('font')
  })

  test.each([
    '/',
    '/secret.txt',
    '/page.html',
    '/@marimo-team/1.2.3/assets/../../../secret.txt',
    '/@marimo-team/1.2.3/assets/%2e%2e/%2e%2e/%2e%2e/secret.txt',
    `${ASSET}.br`,
    '/@marimo-team/1.2.3/assets',
  ])('%s is not there', async (path) => {
    expect((await asset(path)).status).toBe(404)
  })
})

describe('every response', () => {
  test('carries the same policy, errors included', async () => {
    const answers = [
      await page(),
      await page('/x'),
      await asset(ASSET),
      await asset('/x'),
      await page('/', {}, 'POST'),
      await get('evil', '/'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 404, 405, 421])
    const policies = new Set(answers.map(({ headers }) => headers[CSP]))
    expect(policies.size).toBe(1)
    for (const { headers } of answers.toSpliced(2, 1)) expect(headers['clear-site-data']).toBe('"cookies", "storage"')
    expect(answers[2]?.headers['clear-site-data']).toBeUndefined() // an asset: asked for without cookies, and kept
    for (const { headers } of answers) {
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['origin-agent-cluster']).toBe('?1')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['x-dns-prefetch-control']).toBe('off')
    }
    const [policy] = policies
    expect(policy).toContain('frame-ancestors http://localhost:4000 https://portal.example')
    expect(policy).toContain('connect-src http://assets.nb.localhost:4001 data: blob:;')
  })

  test('even to what is not HTTP', async () => {
    const answer = await raw(['NONSENSE'])
    expect(answer).toContain('400 Bad Request')
    expect(answer).toContain("content-security-policy: default-src 'none'")
    expect(answer).toContain('clear-site-data: "cookies", "storage"')
  })

  test('to a full jar too: as many cookies as a browser sends load the page, more are answered with a clean jar', async () => {
    expect((await page('/', { cookie: `x=${'y'.repeat(48 * 1024)}` })).status).toBe(200)
    const flood = await raw(['GET / HTTP/1.1', `Host: ${LABEL}.nb.localhost:4001`, `Cookie: x=${'y'.repeat(80 * 1024)}`])
    expect(flood).toContain('400 Bad Request')
    expect(flood).toContain('clear-site-data: "cookies", "storage"')
  })

  test('a socket is upgraded nowhere', async () => {
    const upgrade = [
      'Connection: Upgrade, close',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ]
    for (const [host, path, status] of [
      [`${LABEL}.nb.localhost:4001`, '/', 200], // the page, as to anybody
      [`${LABEL}.nb.localhost:4001`, '/mux', 404],
      [`${LABEL}.nb.localhost:4001`, '/ws', 404],
      ['assets.nb.localhost:4001', ASSET, 200],
    ])
      expect(await raw([`GET ${path} HTTP/1.1`, `Host: ${host}`, ...upgrade]), `${host}${path}`).toMatch(
        new RegExp(`^HTTP/1.1 ${status} `),
      )
  })

  test('HEAD has the headers and no body', async () => {
    const { status, headers, body } = await asset(ASSET, {}, 'HEAD')
    expect([status, body.length]).toEqual([200, 0])
    expect(Number(headers['content-length'])).toBe(SCRIPT.length)
  })
})
