// kill -9 of the gateway or the data plane while a kernel writes: a table holds the old rows or the new ones, never something between,
// and what the kernel is told is what is there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PostgresProcess } from '../server/data/testing/postgres.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { startStack, until } from './stack.ts'

const CODE = readFileSync(join(import.meta.dirname, 'killed-writes.py'), 'utf8').trim()
const ROWS = 50_000
type Round = readonly [told: number | string, held: Readonly<Record<string, number>>]

const onPostgres = test.extend<object, { server: PostgresProcess }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const server = await PostgresProcess.start()
      await use(server)
      await server.end()
    },
    { scope: 'worker' },
  ],
  stack: [
    async ({ server }, use) => {
      const stack = await startStack({ env: server.env })
      await use(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
})
const ENGINES = [
  ['DuckDB', test],
  ['a PostgreSQL', onPostgres],
] as const
const PROGRAMS = ['gateway', 'data-plane'] as const

for (const [engine, run, program] of ENGINES.flatMap((one) => PROGRAMS.map((program) => [...one, program] as const))) {
  run(`the ${program} killed while a kernel writes to tables in ${engine}`, async ({ client, stack }) => {
    test.setTimeout(180_000)
    const analyst = await client('Analyst')
    const { id } = await analyst.notebook(`killed ${program}`, notebookOf(CODE.replace('KEPT', program)))
    const { kernel } = await analyst.open(await analyst.tab(), id)
    const { ids, codes } = await kernel.instantiate()
    const running = kernel.run(ids, codes).catch(() => undefined) // the gateway takes its channel with it
    await kernel.until('the third round', ({ data }) => JSON.stringify(data).includes('round 3;'))
    await stack.kill(program)
    await running
    await analyst.renew()
    const again = await until('it opens', 60_000, async () => analyst.open(await analyst.tab(), id).catch(() => null))
    const last = /KEPT:([\w+/=]+):/
    await again.kernel.until('what it was told', ({ data }) => last.test(JSON.stringify(data)))
    const seen = again.kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
    const rounds: Round[] = JSON.parse(Buffer.from(last.exec(seen)?.[1] ?? '', 'base64').toString())
    let before = '0'
    for (const [at, [told, held]] of rounds.entries()) {
      const now = at === rounds.length - 1 ? '-1' : String(at + 1)
      const [there = '', ...more] = Object.keys(held)
      expect([more, held[there]], `round ${now}: ${told}`).toEqual([[], ROWS])
      if (told === ROWS) expect(there, `round ${now}`).toBe(now)
      else if (told === 'write-cut') expect(there, `round ${now}`).toBe(before)
      else expect([before, now], `round ${now}: ${told}`).toContain(there)
      before = there
    }
    expect(rounds.at(-1)?.[0]).toBe(ROWS)
  })
}
