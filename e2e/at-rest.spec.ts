// What a kernel says stays in memory: a mark that it prints, raises, shows and is sent is in no file but its own scratch.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, notebookOf, test } from './fixtures.ts'
import { until } from './stack.ts'
import { below } from './stores.ts'

/** Files below a folder that hold a text, whatever else is in them; `kernels/` is scratch. */
function holding(home: string, text: string): string[] {
  const entries = below(home).filter((entry) => entry.isFile())
  const paths = entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(home, 'kernels/')))
  return paths.filter((path) => readFileSync(path).includes(text)).map((path) => path.slice(home.length + 1))
}

test('nothing of an output, a traceback, a value or a refused command is at rest', async ({ client, stack }) => {
  const mark = randomBytes(12).toString('hex')
  const backwards = [...mark].reverse().join('') // what the source holds
  const colleague = await client('Colleague')
  const source = notebookOf(
    `mark = "${backwards}"[::-1]`,
    'print(mark)',
    'import sys\nprint(mark, file=sys.stderr)',
    'raise ValueError(mark)',
    'import marimo as mo\nfield = mo.ui.text()\nmo.vstack([mo.md(mark), field])',
    'print("received", field.value)',
    'open("scratch.txt", "w").write(mark)',
  )
  const { id } = await colleague.notebook('marked', source)
  const tab = await colleague.tab()
  const { kernel } = await colleague.open(tab, id)
  await kernel.runAll()
  const said = JSON.stringify(kernel.seen.map(({ data }) => data))
  const field = /object-id='([^']+)'/.exec(said)?.[1]
  const from = kernel.seen.length
  const value = { objectIds: [field], values: [`value ${mark}`] }
  expect((await kernel.post('/api/kernel/set_ui_element_value', value)).status).toBe(200)
  const received = ({ data }: { data: Record<string, unknown> }) => JSON.stringify(data).includes(`received value ${mark}`)
  await kernel.until('the value is printed', received, 30_000, from)
  for (const path of ['/api/kernel/shutdown', '/api/files/list_files', `/api/${mark}`])
    expect((await kernel.post(path, { path: mark })).status).toBe(403)
  expect((await kernel.post('/api/kernel/set_ui_element_value', { objectIds: mark })).status).toBeGreaterThanOrEqual(400)
  await colleague.raw('PUT /api/preferences', { body: { theme: mark } })
  await colleague.raw('GET /api/notebooks', { query: { search: mark, [mark]: mark } })

  const seen = JSON.stringify(kernel.seen.map(({ data }) => data))
  for (const kind of ['"stdout"', '"stderr"', 'ValueError']) expect(seen).toContain(kind)
  expect(seen.split(mark).length).toBeGreaterThan(5) // it was said, and arrived
  expect(holding(stack.home, backwards)).toContain('state.db-wal') // the source is at rest, and this finds it
  expect(holding(stack.home, mark)).toEqual([])
  tab.close()
  await stack.kill('gateway') // whatever it held is not written on the way down
  expect(holding(stack.home, mark)).toEqual([])
  await until('the gateway knows the kernel again', 15_000, async () => {
    const back = await colleague.renew().then(
      () => true,
      () => false,
    )
    return back && (await colleague.call('GET /api/kernels')).length > 0
  })
})
