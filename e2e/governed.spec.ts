// Managed tables in real kernels: each person reads with their own masks, whatever the code does.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

const TABLE = 'compliance_authorities'
const READ = `from scrydon import tables\nrows = tables.read("${TABLE}").sort_values("country")`
const SHOW = `import base64
shown = rows[["country", "phone", "email", "address"]].to_json(orient="records")
"SHOWN:" + base64.b64encode(shown.encode()).decode() + ":"`
const ATTACK = readFileSync(join(import.meta.dirname, 'governed.py'), 'utf8').trim()

const text = (kernel: KernelStream) => kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
type Row = { country: string; phone: string | null; email: string | null; address: string | null }

/** The rows that a person's own kernel of a notebook shows. */
async function shown(who: Client, id: string, mode: 'auto' | 'run' = 'auto'): Promise<Row[]> {
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('the rows', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('SHOWN:'))
  return JSON.parse(Buffer.from(/SHOWN:([\w+/=]+):/.exec(text(kernel))?.[1] ?? '', 'base64').toString()) as Row[]
}

test('two people, one notebook: each sees what policies leave them', async ({ client }) => {
  const [owner, analyst, colleague] = [await client('Owner'), await client('Analyst'), await client('Colleague')]
  const mine = async (who: Client, name: string) => shown(who, (await who.notebook(name, notebookOf(READ, SHOW))).id)
  const [whole, masked] = [await mine(analyst, 'mine to read'), await mine(colleague, 'mine to read')]
  expect(whole).toHaveLength(33)
  expect(whole.find(({ country }) => country === 'DE')).toMatchObject({
    email: 'poststelle@bfdi.bund.de',
    phone: '+49 228 997799 0',
  })
  expect(masked.map(({ country }) => country)).toEqual(['AT', 'CH', 'DE', 'LI'])
  expect(masked.find(({ country }) => country === 'DE')).toMatchObject({ email: '***', phone: '***99 0', address: null })
  expect(await mine(owner, 'mine to read')).toHaveLength(33)
})

test('code that speaks to the sockets itself gets no more than the library', async ({ client, stack }) => {
  const [analyst, colleague] = [await client('Analyst'), await client('Colleague')]
  const high = notebookOf(
    `import json, socket\nwith socket.socket(socket.AF_UNIX) as s:\n    s.connect("/run/scrydon/control")\n    s.sendall(json.dumps({"call": "tables.read", "body": {"table": "${TABLE}", "columns": None, "where": None, "limit": None}}).encode() + b"\\n")\n    answer = json.loads(s.makefile().readline())\n"PLAN:" + answer["ok"]["plan"] + ":"`,
  )
  const holder = await analyst.open(await analyst.tab(), (await analyst.notebook('holds a plan', high)).id)
  await holder.kernel.runAll()
  const plan = /PLAN:(q_[\w-]+):/.exec(text(holder.kernel))?.[1] ?? ''
  expect(plan).not.toBe('')
  const state = ['tables', 'tables/tables.duckdb', 'run/data.sock', 'hash.key', 'state.db'].map((name) => join(stack.home, name))
  const runner = stack.pid('runner')
  const code = ATTACK.replace('STATE', JSON.stringify(state)).replace('PLAN', plan)
  const low = await colleague.open(await colleague.tab(), (await colleague.notebook('attacks', notebookOf(code))).id)
  await low.kernel.runAll()
  const tried = JSON.parse(Buffer.from(/TRIED:([\w+/=]+):/.exec(text(low.kernel))?.[1] ?? '', 'base64').toString())
  expect(tried).toMatchObject({
    'as somebody else': { error: { code: 'bad-question' } },
    'without masks': { error: { code: 'bad-question' } },
    'a made-up call': { error: { code: 'not-a-call' } },
    'sql in a name': { error: { code: 'table-absent' } },
    'their plan': expect.stringContaining('unknown-plan'),
    'own plan again': expect.stringContaining('unknown-plan'),
    folder: ['control', 'data'],
    'another socket': expect.stringMatching(/Error$/),
    'the state': [],
  })
  expect(tried['own plan']).toBeGreaterThan(300)
  expect(stack.pid('runner')).toBe(runner) // whoever goes without reading takes nobody along
})

test('in the browser: a table, and a refusal that says whom to ask', async ({ person, client }) => {
  const refused = 'tables.read("nowhere")'
  await (await client('Colleague')).notebook('reads', notebookOf(`${READ}\nrows`, refused))
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'reads')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText('Datenschutzbehörde')
  await expect(output(frame, 0)).not.toContainText('dsb@dsb.gv.at')
  await expect(output(frame, 1)).toContainText('There is no table “nowhere” for you. Ask Owner')
  await page.getByRole('button', { name: 'What you see' }).click()
  const read = page.getByRole('list', { name: 'Tables read' })
  await expect(read).toContainText(TABLE)
  for (const said of ['Some rows are left out for you.', 'email redacted', 'phone last four only', 'address emptied'])
    await expect(read).toContainText(said)
  await expect(page.getByText('This kernel counts as internal')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Refused' })).toContainText('is not there for you')
})

test('the data plane killed: it is proven anew, and the next read of a kernel that lived on is answered', async ({
  client,
  stack,
}) => {
  const analyst = await client('Analyst')
  const source = notebookOf(`import scrydon\nfrom scrydon import tables`, `"ROWS:" + str(len(tables.read("${TABLE}"))) + ":"`)
  const { kernel } = await analyst.open(await analyst.tab(), (await analyst.notebook('reads again', source)).id)
  await kernel.runAll()
  expect(text(kernel)).toContain('ROWS:33:')
  await stack.kill('data-plane')
  const from = kernel.seen.length
  await kernel.runAll()
  expect(JSON.stringify(kernel.seen.slice(from).map(({ data }) => data))).toContain('ROWS:33:')
})
