import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stopGateway, type TestGateway, testGateway } from '../testing.ts'

let gateway: TestGateway
let port: number
beforeAll(async () => {
  const home = mkdtempSync(join(tmpdir(), 'scrydon-static-'))
  const dist = join(home, 'dist', 'shell')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  mkdirSync(join(home, 'dist', 'frame'))
  writeFileSync(join(dist, 'index.html'), '<title>shell</title>')
  writeFileSync(join(dist, 'assets', 'app-1.js'), `export const x = '${'y'.repeat(5000)}'`)
  writeFileSync(join(home, 'dist', 'frame', 'page.html'), 'frame')
  writeFileSync(join(home, 'secret'), 'secret')
  symlinkSync(join(home, 'secret'), join(dist, 'link.txt'))
  gateway = await testGateway({ home })
  port = Number(new URL(gateway.origin).port)
})
afterAll(async () => {
  await stopGateway(gateway)
  rmSync(gateway.home, { recursive: true, force: true })
})

/** Bytes as they are: fetch would tidy the path and the headers. */
function raw(lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text))) // refused while still being sent
    socket.setTimeout(5000, () => socket.destroy())
  })
}
const get = (target: string, ...headers: string[]) =>
  raw([`GET ${target} HTTP/1.1`, ...(headers.length > 0 ? headers : [`Host: localhost:${port}`]), 'Connection: close'])
const status = (answer: string) => Number(answer.slice(9, 12))

describe('the shell', () => {
  test.each([
    '/',
    '/n/n_abcdefgh',
    '/?x=1',
    '/tables',
    '/tables/a%2Fb',
    '/access/flights',
    '/artefacts',
    '/models',
    '/audit',
    '/library',
  ])('%s is the page, read anew each time', async (path) => {
    const answer = await fetch(`${gateway.origin}${path}`)
    expect(await answer.text()).toBe('<title>shell</title>')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })

  test('assets are compressed and kept', async () => {
    const answer = await get('/assets/app-1.js', `Host: localhost:${port}`, 'Accept-Encoding: gzip, br')
    expect(answer).toMatch(/content-encoding: br/i)
    expect(answer).toMatch(/cache-control: public, max-age=31536000, immutable/i)
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1')
    expect(brotliDecompressSync(body).toString()).toContain('export const x')
    expect(body.length).toBeLessThan(500)
  })

  test.each([
    '/../secret',
    '/%2e%2e/secret',
    '/assets/../../secret',
    '/assets/..%2f..%2fsecret',
    '/..;/secret',
    '/\\..\\secret',
    '//secret',
    '/link.txt',
    '/frame/page.html',
    '/../frame/page.html',
    '/n/x/y',
    '/library/x',
    '/n/%2e%2e',
    '/index.html%00',
    '/#/../secret',
    '/assets/app-1.js#/../../secret',
    '/api/nothing',
  ])('%s leads nowhere', async (path) => {
    const answer = await get(path)
    expect([400, 404]).toContain(status(answer))
    expect(answer).not.toContain('secret')
  })
})

describe('the host', () => {
  test.each([
    ['another name', ['Host: evil.example']],
    ['a lookalike', ['Host: localhost.evil.example']],
    ['another port', ['Host: localhost:1']],
    ['no port', ['Host: localhost']],
    ['a frame’s', ['Host: abcdefghijklmnop.nb.localhost:1']],
  ])('%s: 421', async (_, headers) => {
    expect(status(await get('/api/accounts', ...headers))).toBe(421)
  })

  test('names that end or begin like ours: 421', async () => {
    for (const host of [`localhost.:${port}`, `evil-localhost:${port}`, `x.localhost:${port}`, `localhost:${port}0`])
      expect(status(await get('/api/accounts', `Host: ${host}`)), host).toBe(421)
  })

  test('two of them, none, or an absolute address elsewhere: refused', async () => {
    expect(status(await get('/api/accounts', `Host: localhost:${port}`, 'Host: evil.example'))).toBe(421)
    expect(status(await raw(['GET /api/accounts HTTP/1.1', 'Connection: close']))).toBe(400)
    expect(status(await get('http://evil.example/api/accounts'))).toBe(400)
  })

  test('a page opened by address is sent to the name; health answers both', async () => {
    const answer = await get('/n/n_abcdefgh', `Host: 127.0.0.1:${port}`)
    expect(status(answer)).toBe(302)
    expect(answer).toMatch(new RegExp(`location: http://localhost:${port}/n/n_abcdefgh\r`, 'i'))
    expect(status(await get('/healthz', `Host: 127.0.0.1:${port}`))).toBe(200)
  })

  test('wherever it says to lead, a page opened by address leads to the shell', async () => {
    const leads = async (path: string) => {
      const answer = await get(path, `Host: 127.0.0.1:${port}`)
      return [status(answer), /^location: (.*)\r$/im.exec(answer)?.[1]]
    }
    expect(await leads('/n/x?next=//evil.example')).toEqual([302, `http://localhost:${port}/n/x`])
    expect(await leads('/?return=javascript:alert(1)')).toEqual([302, `http://localhost:${port}/`])
    for (const path of ['//evil.example/', '/@evil.example/', '/n//evil.example', '/n/@evil.example', '/\\evil.example'])
      expect(await leads(path), path).toEqual([404, undefined])
    for (const path of ['\\\\evil.example', 'javascript:alert(1)']) expect((await leads(path))[0], path).toBe(400)
  })

  test('smuggling and floods of headers', async () => {
    const twice = [
      'POST /api/sign-in HTTP/1.1',
      `Host: localhost:${port}`,
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
      'Connection: close',
    ]
    expect(status(await raw(twice))).toBe(400)
    const many = Array.from({ length: 3000 }, (_, i) => `x-${i}: y`)
    expect(status(await get('/healthz', `Host: localhost:${port}`, ...many))).toBe(431)
    expect(status(await get('/healthz', `Host: localhost:${port}`, `x: ${'y'.repeat(65_536)}`))).toBe(431)
    expect((await fetch(`${gateway.origin}/healthz`)).status).toBe(200)
  })
})

test('a client that does not finish its head is cut off after ten seconds', async () => {
  const began = performance.now()
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n`))
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(performance.now() - began).toBeGreaterThan(9000)
  expect(performance.now() - began).toBeLessThan(20_000) // without the look each second: half a minute
}, 40_000)

describe('metrics', () => {
  test('for this machine only, without names', async () => {
    const answer = await get('/metrics', `Host: 127.0.0.1:${port}`)
    expect(answer).toContain('scrydon_http_seconds_bucket')
    expect(answer).toContain('route="shell"')
    expect(answer).not.toContain('n_abcdefgh')
  })

  test('not through a proxy that serves another name', async () => {
    const behind = await testGateway({ env: { SCRYDON_ORIGIN: 'https://ide.example' } })
    const at = Number(new URL(behind.origin).port || 0)
    expect(at).toBe(0) // the origin is the proxy's
    const address = behind.app.server.address()
    const through = (path: string, host: string) => {
      const saved = port
      port = typeof address === 'object' && address ? address.port : 0
      return get(path, `Host: ${host}`).finally(() => {
        port = saved
      })
    }
    expect(status(await through('/metrics', 'ide.example'))).toBe(404)
    expect(status(await through('/api/accounts', 'ide.example'))).toBe(200)
    await stopGateway(behind)
  })
})
