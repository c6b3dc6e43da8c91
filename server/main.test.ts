// The process as npm start runs it: what it says, how it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')
let home: string
const children: ChildProcess[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

function run(env: Record<string, string> = {}) {
  const paths = { PORT: '0', SCRYDON_HOME: home, SCRYDON_EXAMPLES: home, SCRYDON_DIST: home }
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...paths, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const told = once(child, 'message').then(([message]) => message as unknown)
  children.push(child)
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, errors }))
  })
  const origin = (async () => {
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      const said = JSON.parse(line) as { msg: string; origin?: string }
      if (said.msg === 'listening') return said.origin as string
    }
    throw new Error(`ended before it listened: ${errors}`)
  })()
  origin.catch(() => {})
  return { child, ended, origin, told }
}

test('serves health without a runner, and ends on SIGTERM at once although a client keeps its connection', async () => {
  const { child, ended, origin } = run()
  const health = await fetch(`${await origin}/healthz`)
  expect(await health.json()).toMatchObject({ status: 'degraded', isolation: null })
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
})

test('a second gateway on the same state says so and does not want to be started again', async () => {
  const first = run()
  await first.origin
  const second = await run().ended
  expect(second).toMatchObject({ code: 78, errors: expect.stringContaining('Another gateway is running') })
  expect((await fetch(`${await first.origin}/healthz`)).status).toBe(200)
})

test('an error that nobody caught ends it, with what failed and where, and nothing of what it said', async () => {
  const late = `const wait = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return
    clearInterval(wait)
    Promise.reject(new TypeError('a value of somebody'))
  }, 10)`
  const { child, ended } = run({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(late)}` })
  let output = ''
  child.stdout?.on('data', (text: Buffer) => {
    output += text
  })
  const { code, errors } = await ended
  expect(code).toBe(1)
  expect(output).toContain('"err":{"type":"TypeError"')
  expect(output + errors).not.toContain('a value of somebody')
})

test('a port in use is named', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const address = holder.address()
  const port = String(typeof address === 'object' && address ? address.port : 0)
  expect(await run({ PORT: port }).ended).toEqual({
    code: 78,
    errors: `Port ${port} is in use. Stop what uses it, or set PORT to another one.\n`,
  })
  holder.close()
})

test('who started it is told what was planted, once for a state, and that a folder holds nothing to plant', async () => {
  const first = run()
  expect(await first.told).toEqual({ seeded: { made: 0, skipped: [] } })
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  writeFileSync(join(home, 'one.py'), 'import marimo\n\napp = marimo.App()\n')
  writeFileSync(join(home, 'script.py'), 'print(1)\n')
  const second = run()
  expect(await second.told).toEqual({ seeded: { made: 1, skipped: [{ file: 'script.py', code: 'not-a-notebook' }] } })
  second.child.kill('SIGKILL')
  await once(second.child, 'exit')
  expect(await run().told).toEqual({ seeded: null })
})

test('a wrong variable is named in one line', async () => {
  expect(await run({ PORT: 'many' }).ended).toEqual({
    code: 78,
    errors: 'PORT=many is not usable: it takes a port number (0 to 65534; 0 picks a free one).\n',
  })
})
