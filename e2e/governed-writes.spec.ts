// Writes to managed tables from real kernels: a table of one's own, what may not be written, and what somebody else sees of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'

const ATTEMPTS = readFileSync(join(import.meta.dirname, 'governed-writes.py'), 'utf8').trim()

/** What the code's last value says. */
async function tried(who: Client, mode: 'auto' | 'run' = 'auto'): Promise<unknown> {
  const { id } = await who.notebook(`writes, ${mode}`, notebookOf(ATTEMPTS))
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('what came of it', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('TRIED:'))
  const seen = kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
  return JSON.parse(Buffer.from(/TRIED:([\w+/=]+):/.exec(seen)?.[1] ?? '', 'base64').toString())
}

test('a table of one’s own: made, added to, and nobody else’s; what may not be written says why', async ({ client }) => {
  const [analyst, colleague] = [await client('Analyst'), await client('Colleague')]
  expect(await tried(analyst)).toEqual({
    made: "Written(name='demo-analyst.delays', rows=2)",
    'made again': expect.stringMatching(/^Invalid: You have a table “demo-analyst.delays”/),
    added: "Written(name='demo-analyst.delays', rows=1)",
    'of another shape': expect.stringMatching(
      /^Invalid: .*it lacks “delay”; the table has no “late” for you; “carrier” is integer and shall be text/,
    ),
    hostile: ['{"error": "not-arrow"}', 'write-failed'],
    'as somebody else': 'bad-question',
    'without a grant': expect.stringMatching(/^Denied: You may not write to “airlines”\. Ask Owner/),
    read: [1.5, 1.5, 2.0],
    listed: true,
    writable: true,
    contacts: 33,
    'no longer writable': false,
    'after contacts': expect.stringMatching(
      /^Denied: “demo-analyst.delays” may not hold what this kernel has read: .*confidential PII/,
    ),
    replaced: "Written(name='demo-analyst.other', rows=2)",
  })
  expect(await tried(colleague)).toMatchObject({
    made: expect.stringMatching(/^Denied: You may not make tables in this workspace.*Ask Owner/),
    added: expect.stringMatching(/^NotFound: There is no table “demo-analyst.delays” for you/),
    read: expect.stringMatching(/^NotFound/),
    listed: false,
  })
})

test('a reader’s kernel writes nothing, whosever it is', async ({ client }) => {
  const analyst = await client('Analyst')
  const said = expect.stringMatching(/^Denied: Who reads a notebook changes nothing from it/)
  expect(await tried(analyst, 'run')).toMatchObject({ made: said, added: said, replaced: said })
})
