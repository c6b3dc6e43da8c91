// What somebody sends who was given a notebook to read, from a client of their own rather than our page: each of marimo's commands,
// well made. All but the reader's few are refused by the table alone, on record, and the notebook stays as it is.
import { createHash } from 'node:crypto'
import { FUNCTIONS, ROUTES } from '#protocol/marimo.ts'
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, type Stack, test } from './fixtures.ts'

const SOURCE = notebookOf('import marimo as mo\nmo.ui.table([{"a": 1}])', '"shown"')
const REFUSALS = { refuse: 'not-offered', shell: 'use-the-shell', pass: 'read-only-view' } as const
const LINES = 60 // of one person's refusals in a minute that the log tells one by one

/** Bodies that are good in every way, but for who sends them. */
const good = (id: string): Readonly<Record<string, object>> => ({
  '/api/kernel/save': {
    cellIds: [id],
    codes: ['smuggled'],
    names: ['_'],
    configs: [{}],
    filename: 'notebook.py',
    persist: true,
    layout: null,
  },
  '/api/kernel/run': { cellIds: [id], codes: ['smuggled'] },
  '/api/kernel/execute': { code: 'smuggled' },
  '/api/kernel/scratchpad/run': { code: 'smuggled' },
  '/api/kernel/stdin': { text: 'smuggled' },
  '/api/kernel/delete': { cellId: id },
  '/api/kernel/rename': { filename: 'smuggled.py' },
  '/api/kernel/copy': { source: 'notebook.py', destination: 'smuggled.py' },
  '/api/kernel/set_cell_config': { configs: { [id]: { disabled: true } } },
  '/api/kernel/save_app_config': { config: { app_title: 'smuggled' } },
  '/api/kernel/save_user_config': {
    config: { runtime: { auto_instantiate: true }, mcp: { mcpServers: { x: { command: 'sh' } } } },
  },
  '/api/kernel/install_missing_packages': { manager: 'pip', versions: { smuggled: '' } },
  '/api/document/transaction': { changes: [{ type: 'set-code', cellId: id, code: 'smuggled' }] },
  '/api/packages/add': { package: 'smuggled' },
  '/api/files/update': { path: 'notebook.py', contents: 'smuggled' },
  '/api/secrets/create': { key: 'SMUGGLED', value: 'smuggled', provider: 'dotenv', name: '.env' },
  '/api/cache/clear': {},
})

/** Each way to say a route: both methods, and with what marimo reads a session, a kiosk or a file from. */
const asked = Object.keys(ROUTES)
  .map((name) => name.replace(/\{[^}]*\}/g, 'x').split(' ')[1] ?? '')
  .flatMap((path) => [
    `POST ${path}`,
    `GET ${path}`,
    `POST ${path}?session_id=s_other1&kiosk=true&file=notebook.py&access_token=x`,
  ])

const bare = (name: string) => name.split('?')[0] ?? ''
function expected(name: string): string | null {
  const triage = ROUTES[bare(name)]
  if (triage?.run === 'pass') return null
  return triage === undefined ? 'not-offered' : triage.run === 'shell' ? REFUSALS.shell : REFUSALS[triage.edit]
}

async function shared(author: Client, reader: Client): Promise<{ id: string; kernel: KernelStream; cell: string }> {
  const { id } = await author.notebook('to be read', SOURCE)
  const { version, digest } = await author.call('GET /api/notebooks/:id/release', { params: { id } })
  const release = { version, digest } // the auditor is cleared for less than the workspace counts as
  const body = { with: ['p_demo-analyst', 'p_demo-auditor'], right: 'view', expires: null, onto: 0, release }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  const { opened, kernel } = await reader.open(await reader.tab(), id)
  expect(opened.mode).toBe('run')
  const { data } = await kernel.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
  await kernel.until('it has run', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('shown'))
  return { id, kernel, cell: (data.cell_ids as string[])[0] ?? '' }
}

/** What of the notebook could have changed. */
async function document(author: Client, id: string): Promise<unknown> {
  const params = { id }
  const [source, card, versions, drafts, files, shares] = await Promise.all([
    author.source(id),
    author.call('GET /api/notebooks/:id', { params }),
    author.call('GET /api/notebooks/:id/versions', { params }),
    author.call('GET /api/notebooks/:id/drafts', { params }),
    author.call('GET /api/notebooks/:id/files', { params }),
    author.call('GET /api/notebooks/:id/shares', { params }),
  ])
  return { hash: createHash('sha256').update(source).digest('hex'), card, versions, drafts, files, shares }
}

const refusedLines = (stack: Stack) =>
  stack
    .log('gateway')
    .split('\n')
    .filter((line) => line.includes('"command refused"'))
    .map((line) => JSON.parse(line) as { person: string; route: string; code: string })

test('each command that is not a reader’s: refused by the table alone, on record; the notebook is as it was', async ({
  client,
  stack,
}) => {
  test.setTimeout(120_000)
  const [author, reader] = [await client('Colleague'), await client('Auditor')]
  const { id, kernel, cell } = await shared(author, reader)
  const before = await document(author, id)
  const bodies = good(cell)
  for (const name of asked) {
    const code = expected(name)
    if (code === null) continue
    const [method = '', path = ''] = name.split(' ')
    const answers = []
    for (const body of method === 'GET' ? [undefined] : [bodies[bare(path)] ?? {}, { smuggled: true }]) {
      const { status, body: said } = await (body === undefined ? kernel.get(path) : kernel.post(path, body))
      const { id: quoted, ...rest } = JSON.parse(said)
      expect(quoted).toMatch(/^e_/)
      answers.push({ status, ...rest })
    }
    expect(answers[0], name).toEqual({ status: 403, code, message: expect.any(String) })
    for (const answer of answers) expect(answer, name).toEqual(answers[0])
  }
  const lines = () => refusedLines(stack).filter(({ person }) => person === 'p_demo-auditor') // who is refused nothing elsewhere
  await expect.poll(() => lines().length).toBe(LINES)
  for (const line of lines())
    expect(line).toMatchObject({ mode: 'run', notebook: id, route: expect.stringMatching(/^(unknown|[A-Z]+ \/)/) })
  expect(stack.log('gateway')).not.toContain('smuggled')
  expect(await document(author, id)).toEqual(before)
  expect((await kernel.post('/api/kernel/set_ui_element_value', { objectIds: [], values: [] })).status).toBe(200)
})

test('a function that is not named for readers is not called, well asked or not', async ({ client }) => {
  const [author, reader] = [await client('Colleague'), await client('Analyst')]
  const { id, kernel } = await shared(author, reader)
  const before = await document(author, id)
  const table = /object-id='([^']+)'/.exec(JSON.stringify(kernel.seen))?.[1] ?? ''
  const call = async (functionName: unknown, args: object = {}) => {
    const { status, body } = await kernel.post('/api/kernel/function_call', {
      functionCallId: '1',
      namespace: table,
      functionName,
      args,
    })
    return status === 403 ? (JSON.parse(body) as { code: string }).code : status
  }
  expect(await call('search', { page_number: 0, page_size: 10 })).toBe(200)
  for (const [name, { edit, run }] of Object.entries(FUNCTIONS))
    if (run !== 'pass') expect(await call(name, { format: 'csv' }), name).toBe(edit === 'pass' ? 'read-only-view' : 'not-offered')
  for (const name of ['made_up', '__proto__', 'constructor', 'Search', 'search ', ''])
    expect(await call(name), name).toBe('not-offered')
  for (const name of [null, 7, ['search'], { name: 'search' }]) expect(await call(name)).toBe('bad-command')
  expect(await document(author, id)).toEqual(before)
})
