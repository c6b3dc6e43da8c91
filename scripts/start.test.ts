// How `npm start` refuses: one sentence, before anything is set up, and the code that keeps a service manager from trying again.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TAKES } from '../server/config.ts'
import { startedAt } from './lib/lock.mjs'
import { lastLines, rotate } from './lib/logs.mjs'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-start-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function start(env: Record<string, string>, ...flags: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs'), ...flags], {
    env: { ...process.env, SCRYDON_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return new Promise((done) => child.on('close', (code) => done({ code, said })))
}

const listening = (): Promise<{ port: number; close(): void }> =>
  new Promise((done) => {
    const server = createServer().listen(0, 'localhost', () => {
      const address = server.address()
      done({ port: typeof address === 'object' && address ? address.port : 0, close: () => server.close() })
    })
  })

test.each([
  ['a port that is none', { PORT: 'many' }, [], 'PORT must be a number'],
  ['frames on a port that is none', { CONTENT_PORT: '70000' }, [], 'CONTENT_PORT must be a number'],
  ['an option that is none', {}, ['--fast'], 'Unknown option --fast'],
])('%s: 78', async (_, env, flags, says) => {
  expect(await start(env, ...flags)).toEqual({ code: 78, said: expect.stringContaining(says) })
})

test('a busy port, the shell’s or the frames’: 78, named', async () => {
  const holder = await listening()
  const PORT = String(holder.port)
  expect(await start({ PORT })).toEqual({ code: 78, said: expect.stringContaining(`Port ${PORT} (for the shell) is in use`) })
  const other = await listening()
  other.close()
  expect(await start({ PORT: String(other.port), CONTENT_PORT: PORT })).toEqual({
    code: 78,
    said: expect.stringContaining(`Port ${PORT} (for the notebooks' frames) is in use`),
  })
  holder.close()
})

test('a state folder that another instance uses: 78; a lock that a killed one left is taken', async () => {
  const lock = join(home, 'instance.lock')
  const holder = { pid: process.pid, started: startedAt(process.pid) }
  writeFileSync(lock, JSON.stringify({ holder, children: [] }))
  expect(await start({})).toEqual({ code: 78, said: expect.stringContaining(`Another instance (process ${process.pid}) uses`) })
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toEqual({ holder, children: [] })
  writeFileSync(lock, JSON.stringify({ holder: { pid: process.pid, started: 'before' }, children: [] }))
  const busy = await listening()
  expect(await start({ PORT: String(busy.port) })).toEqual({ code: 78, said: expect.stringContaining('is in use') })
  busy.close()
})

test('the help names every variable that an operator may set', async () => {
  const { code, said } = await start({}, '--help')
  const inner = ['SCRYDON_DIST', 'SCRYDON_RUNNER', 'SCRYDON_BENCH_ACCOUNTS', 'SCRYDON_INSECURE_SHARED_KERNELS']
  expect(code).toBe(0)
  for (const name of Object.keys(TAKES).filter((known) => !inner.includes(known))) expect(said).toContain(`  ${name} `)
})

test('a log that has grown is put aside while its program goes on appending', async () => {
  const { openLog } = await import('./lib/logs.mjs')
  const log = openLog(home, 'gateway') as number
  writeFileSync(log, 'first\n')
  rotate(home, 'gateway', 6)
  expect(lastLines(home, 'gateway')).toBe('first')
  rotate(home, 'gateway', 5)
  writeFileSync(log, 'second\n')
  expect(lastLines(home, 'gateway')).toBe('second')
  expect(readFileSync(join(home, 'logs', 'gateway.log'), 'utf8')).toBe('second\n')
  expect(readFileSync(join(home, 'logs', 'gateway.log.1'), 'utf8')).toBe('first\n')
})
