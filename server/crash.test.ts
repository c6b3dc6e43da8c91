// A gateway killed at any moment loses no save that it had acknowledged, and never stores half of one.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from './store/sqlite.ts'
import { testGateway } from './testing.ts'

const ROUNDS = Number(process.env.SOAK ?? 8)

/** Saves through the whole document path as fast as it goes and prints the number of each save once it is acknowledged. */
const SAVER = `
import { testGateway } from ${JSON.stringify(join(import.meta.dirname, 'testing.ts'))}
const gateway = await testGateway({ home: process.argv[1] })
const by = { notebook: 'n_00000001', person: 'p_demo-owner', kernel: 'k_00000001', trusted: true }
for (let number = Number(process.argv[2]); ; number++) {
  const source = 'import marimo\\n\\napp = marimo.App()\\n# ' + number + ' ' + 'x'.repeat(number % 7 * 9000) + ' end\\n'
  const saved = await gateway.deps.document.commit(by, Buffer.from(source))
  if (saved.type === 'committed') process.stdout.write(number + '\\n')
}
`

const home = mkdtempSync(join(tmpdir(), 'scrydon-crash-'))
let acknowledged = 0

beforeAll(async () => {
  const first = await testGateway({ home })
  const source = 'import marimo\n\napp = marimo.App()\n# 0  end\n'
  const write = {
    id: 'v_00000001',
    notebook: 'n_00000001',
    author: 'p_demo-owner',
    at: 0,
    source,
    layout: null,
    bytes: 1,
    cells: 0,
    label: { level: 'public', markings: [] } as const,
  }
  const notebook = { id: 'n_00000001', name: 'N', author: 'p_demo-owner', created: 0, shares: [] }
  await first.deps.desk.store.notebooks.create(notebook, { ...write, sealed: true, coalesce: 0 })
  await first.close()
})
afterAll(() => rmSync(home, { recursive: true }))

for (let round = 1; round <= ROUNDS; round++)
  test(`the gateway's saves killed · round ${round}`, async () => {
    const before = acknowledged
    acknowledged = await saveUntilKilled(home, before + 1, 1 + ((round * 7) % 23))
    expect(acknowledged).toBeGreaterThan(before)
    const store = openStore(home)
    const stored = (await store.versions.head('n_00000001'))?.content.source ?? ''
    await store.close()
    const [, number, end] = /^# (\d+) x*( end)\n$/m.exec(stored) ?? []
    expect(end).toBe(' end')
    expect(Number(number)).toBeGreaterThanOrEqual(acknowledged)
    acknowledged = Number(number)
  }, 30_000)

/** Killed after so many acknowledged saves, wherever the next one is by then. */
async function saveUntilKilled(home: string, from: number, saves: number): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SAVER, home, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = 0
  let seen = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (++seen === saves) child.kill('SIGKILL')
  }
  return last
}
