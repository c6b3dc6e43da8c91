// The searches of canary-share.spec.ts find what is planted, in each form and each place. Without a product: they are what is tested.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from '@playwright/test'
import { WebSocketServer } from 'ws'
import { encodeFrame } from '#protocol/codec.ts'
import { searchFor } from './needles.ts'
import { Overheard } from './overheard.ts'
import { elsewhere, filesWith, rowsWith } from './stores.ts'

const mark = randomBytes(12).toString('hex')
const search = searchFor(mark)
const text = `before ${mark} after`
const base64 = (bytes: Uint8Array | string) => Buffer.from(Buffer.from(bytes).toString('base64'))

const PLANTED: Readonly<Record<string, Buffer>> = {
  plain: Buffer.from(text),
  hexadecimal: Buffer.from(Buffer.from(text).toString('hex')),
  'utf-16le': Buffer.from(text, 'utf16le'),
  'utf-16be': Buffer.from(text, 'utf16le').swap16(),
  'base64+0 plain': base64(`abc${mark}`),
  'base64+1 plain': base64(`a${mark}`),
  'base64+2 plain': base64(`ab${mark}yz`),
  'base64+0 utf-16le': base64(Buffer.from(`abc${mark}`, 'utf16le')),
  'base64+1 utf-16be': base64(Buffer.concat([Buffer.from('x'), Buffer.from(mark, 'utf16le').swap16()])),
  'gzip plain': Buffer.concat([Buffer.from('x'), gzipSync(text), Buffer.from('y')]),
  'zlib utf-16le': deflateSync(Buffer.from(text, 'utf16le')),
  'zstd plain': zstdCompressSync(Buffer.from(text)),
  'base64 gzip plain': Buffer.from(`{"a":"${base64(gzipSync(`${text}${'.'.repeat(40)}`))}"}`),
  'gzip gzip plain': gzipSync(gzipSync(text)),
}

test('each form is found as what it is, and no other text', () => {
  for (const [form, bytes] of Object.entries(PLANTED)) expect(search(bytes), form).toContain(form)
  for (const form of Object.keys(PLANTED)) expect(searchFor('another')(PLANTED[form] ?? Buffer.alloc(0)), form).toEqual([])
  expect(search(gzipSync(text).subarray(0, -9)), 'cut off').toEqual(['gzip plain'])
})

test('files by their bytes, their names and where they point; a database by its values, before they are in its file', () => {
  const since = Date.now() - 1000
  const folder = mkdtempSync(join(tmpdir(), 'planted-'))
  try {
    mkdirSync(join(folder, 'logs', mark), { recursive: true })
    for (const [at, bytes] of Object.values(PLANTED).entries()) writeFileSync(join(folder, 'logs', `${at}.log`), bytes)
    writeFileSync(join(folder, `${mark}.txt`), '')
    symlinkSync(`/nowhere/${mark}`, join(folder, 'link'))
    writeFileSync(join(folder, 'clean'), 'nothing')
    const found = filesWith(folder, search).map(({ path }) => path)
    const logs = Object.keys(PLANTED).map((_, at) => `logs/${at}.log`)
    expect(found.sort()).toEqual([...logs, `logs/${mark}`, `${mark}.txt`, 'link'].sort())
    const others = elsewhere(since, search).filter(({ path }) => path.startsWith(folder))
    expect(others).toHaveLength(found.length)

    const database = new DatabaseSync(join(folder, 'state.db'))
    database.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE one (id TEXT, body BLOB, label TEXT); CREATE VIRTUAL TABLE two USING fts5 (words)',
    )
    const put = database.prepare('INSERT INTO one VALUES (?, ?, ?)')
    for (const [form, bytes] of Object.entries(PLANTED)) put.run(form, bytes, 'high')
    put.run(mark, Buffer.from(''), null)
    database.prepare('INSERT INTO two VALUES (?)').run(text)
    const rows = rowsWith(join(folder, 'state.db'), search)
    expect(rows.filter(({ where, label }) => where === 'one.body' && label === 'high')).toHaveLength(Object.keys(PLANTED).length)
    expect(rows).toContainEqual({ where: 'one.id', label: null, forms: ['plain'] })
    expect(rows.map(({ where }) => where)).toContain('two_content.c0')
    expect(filesWith(folder, search).map(({ path }) => path)).toContain('state.db-wal')
    database.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what a browser receives: bodies, heads, frames that are cut within the mark', async ({ browser }) => {
  const server = createServer((request, response) => {
    const form = decodeURIComponent(request.url?.split('/').at(-1) ?? '')
    response.setHeader('x-planted', form === 'head' ? mark : 'none')
    response.setHeader('content-type', form === '' ? 'text/html' : 'application/octet-stream')
    response.end(PLANTED[form] ?? '')
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    const bytes = Buffer.from(text)
    socket.send(encodeFrame(3, 'text', true, 1, bytes.subarray(0, 15)))
    socket.send(encodeFrame(4, 'text', false, 1, Buffer.from('between')))
    socket.send(encodeFrame(3, 'text', false, 1, bytes.subarray(15)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const bodies = ['/', '/api/'].flatMap((folder) => Object.keys(PLANTED).map((form) => `${folder}${encodeURIComponent(form)}`))
  const paths = [...bodies, '/head']
  const context = await browser.newContext()
  const heard = await Overheard.to(context)
  const page = await context.newPage()
  await page.goto(origin)
  await page.evaluate(async (paths) => {
    for (const path of paths) await (await fetch(path)).arrayBuffer()
    const socket = new WebSocket(location.origin.replace('http', 'ws'))
    await new Promise<void>((done) => {
      let frames = 0
      socket.onmessage = () => ++frames === 3 && done()
    })
  }, paths)
  const found = (await heard.pieces()).filter(({ bytes }) => search(bytes).length > 0).map(({ where }) => where)
  expect(found.sort()).toEqual([...bodies.map((path) => `${origin}${path}`), `head of ${origin}/head`, 'socket text'].sort())
  expect(heard.unread).toEqual([])
  await context.close()
  sockets.close()
  server.closeAllConnections()
  server.close()
})
