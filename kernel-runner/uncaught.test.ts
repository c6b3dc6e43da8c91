import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('an error that nobody caught ends the runner, with what failed and where, and nothing of what it said', async () => {
  const late = `const wait = setInterval(() => {
    if (process.listenerCount('uncaughtException') === 0) return
    clearInterval(wait)
    Promise.reject(new TypeError('a value of somebody'))
  }, 1)`
  const home = mkdtempSync(join(tmpdir(), 'scrydon-uncaught-'))
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(late)}`
  const env = { ...process.env, SCRYDON_HOME: home, NODE_OPTIONS }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const code = await new Promise((done) => child.on('close', done))
  expect(code).toBe(1)
  expect(output).toContain('"err":{"type":"TypeError"')
  expect(output).not.toContain('a value of somebody')
  rmSync(home, { recursive: true })
})
