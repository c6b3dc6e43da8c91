// A notebook is run by somebody who sees more than those with whom it is shared, and leaves what they see in every way there is. A mark in it is
// looked for in every store and in all that anybody else receives: it is where labels keep it, and nowhere else.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { type Cell, cellsOf } from './cells.ts'
import type { Client, Notification } from './client.ts'
import { expect, frameOf, inside, kernel, notebookOf, openNotebook, runAll, type Stack } from './fixtures.ts'
import { answers, type Listening, type Subjects, test } from './listening.ts'
import { type Search, searchFor } from './needles.ts'
import type { Piece } from './overheard.ts'
import { elsewhere, filesWith, rowsWith } from './stores.ts'

const NAME = 'office'
const CELLS = readFileSync(join(import.meta.dirname, 'canary-share.py'), 'utf8')
  .trim()
  .split('\n# %%\n')
const NOTEBOOK = notebookOf(...CELLS)
const TABLES = ['compliance_authorities', 'demo-analyst.copy_of_marks']
const PAGES = ['/', '/library', '/tables', '/tables/compliance_authorities', '/access', '/artefacts', '/models', '/audit']
const START = 60_000

/** What the author's kernel finds of an earlier run: each way was taken. */
const WAYS = 'cache files session shared memory abstract socket port environment module main process'
const FORMS = [
  ...['plain', 'hexadecimal', 'base64 gzip plain', 'base64 zlib plain'],
  ...['plain', 'utf-16le', 'utf-16be'].flatMap((text) => [0, 1, 2].map((at) => `base64+${at} ${text}`)),
]
const PERSONAL = '{"level":"confidential","markings":["PII"]}'

/** Two rows, of which one is of a country that the reader gets; the mark is in what is masked for them, and in all of the other row. */
const plants = (mark: string) => `
import pandas as pd
from scrydon import tables
mark = "${[...mark].reverse().join('')}"[::-1]  # so that no source has it
office = "The office of marks"
seen = ["AT", office, "OM", "Wien", f"{mark} road", f"+43 {mark} 0", f"{mark}@marks.at", "https://marks.at"]
hidden = ["FR", office, f"O{mark}", f"Ville {mark}", f"{mark} rue", f"+33 {mark} 0", f"{mark}@marks.fr", f"https://{mark}.fr"]
names = ["country", "authority", "acronym", "city", "address", "phone", "email", "website"]
tables.write("compliance_authorities", pd.DataFrame([seen, hidden], columns=names), mode="append").rows`

type Scene = {
  readonly stack: Stack
  readonly mark: string
  readonly search: Search
  readonly since: number
  readonly analyst: Client
  readonly colleague: Client
  readonly id: string // of the notebook
  readonly first: string // its text when it was shared
  readonly author: Listening
}

async function plant(analyst: Client, mark: string): Promise<void> {
  const tab = await analyst.tab()
  const { opened, kernel } = await analyst.open(tab, (await analyst.notebook('plants', notebookOf(plants(mark)))).id)
  await kernel.runAll()
  expect(cellsOf(kernel.seen).at(0)?.text).toContain('>2<')
  tab.close()
  await analyst.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
}

/** As a script in the frame would. */
const command = async (page: Page, path: string, body: object): Promise<number> =>
  (await inside(page, NAME)).evaluate(
    async ([path, body]) => (await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status,
    [path, JSON.stringify(body)] as const,
  )

const heardCells = ({ heard }: Listening) => cellsOf(heard.notifications())
const places = (pieces: readonly Piece[], search: Search) =>
  pieces.flatMap(({ where, bytes }) => search(bytes).map((form) => `${where}: ${form}`))
const calls = (found: readonly string[]) => [...new Set(found.map((where) => /^GET [^ ]+/.exec(where)?.[0]))].sort()
/** By their first folder or file. */
const stores = (stack: Stack, search: Search): string[] => {
  const found = filesWith(stack.home, search).map(({ path }) => (path.split('/')[0] ?? '').replace(/-wal$/, ''))
  return [...new Set(found)].sort()
}

/** The author's own page: everything was shown there, in every form; what was left is found again in the same kernel. */
async function left({ author, search, stack }: Scene): Promise<void> {
  const looks = CELLS.findIndex((code) => code.includes('FOUND:'))
  expect(heardCells(author)[looks]?.text).toContain('FOUND:.')
  const cell = heardCells(author)[looks]?.id
  expect(await command(author.page, '/api/kernel/run', { cellIds: [cell], codes: [CELLS[looks]] })).toBe(200)
  await expect.poll(() => heardCells(author)[looks]?.text, { timeout: START }).toContain(`FOUND:${WAYS}.`)
  const forms = new Set((await author.heard.pieces()).flatMap(({ bytes }) => search(bytes)))
  expect([...forms].sort()).toEqual([...FORMS].sort())
  expect(stores(stack, search)).toEqual(['artefacts', 'kernels', 'tables'])
  expect(rowsWith(join(stack.home, 'state.db'), search)).toEqual([])
}

test('what only its author sees stays where labels keep it, and reaches nobody below', async ({ client, listening, stack }) => {
  test.setTimeout(600_000)
  const since = Date.now()
  const mark = randomBytes(12).toString('hex')
  const [analyst, colleague] = [await client('Analyst'), await client('Colleague')]
  await plant(analyst, mark)
  const { id } = await analyst.notebook(NAME, NOTEBOOK)
  const first = await analyst.source(id)
  const author = await listening('Analyst')
  await runAll(await openNotebook(author.page, NAME))
  const scene: Scene = { stack, mark, search: searchFor(mark), since, analyst, colleague, id, first, author }
  await left(scene)
  const reader = await shared(scene, listening)
  await alone(scene, reader)
  await written(scene)
  await beside(scene, reader)
  const rest = await Promise.all((['Owner', 'Auditor', 'Outsider'] as const).map(listening))
  for (const each of rest) await looksAround(scene, each)
  await again(scene, reader)
  await asked(scene, client)
  await named(scene, rest.slice(1, 2), client)
  await ended(scene)
})

/** One press in the dialog; the reader opens it in their browser. */
async function shared({ author, search }: Scene, listening: (role: 'Colleague') => Promise<Listening>): Promise<Listening> {
  const reader = await listening('Colleague')
  await author.page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = author.page.getByRole('dialog', { name: `Share “${NAME}”` })
  await dialog.getByRole('combobox', { name: 'Add people' }).fill('colle')
  await dialog.getByRole('option', { name: 'Colleague', exact: true }).click()
  await dialog.getByRole('button', { name: 'Share notebook' }).click()
  await expect(dialog.getByRole('list', { name: 'Shared with' }).getByRole('listitem')).toContainText('Colleague')
  await author.page.keyboard.press('Escape')
  await reader.page.getByRole('region', { name: 'Shared with me' }).getByRole('link', { name: NAME, exact: true }).click()
  await expect(kernel(reader.page)).toHaveText('ready', { timeout: START })
  await expect(frameOf(reader.page, NAME).getByText('LEFT:')).toBeVisible({ timeout: START })
  expect(places(await reader.heard.pieces(), search)).toEqual([])
  return reader
}

/** What one run came to, without what is drawn anew in each. */
const outcome = (seen: readonly Notification[]): Omit<Cell, 'id'>[] =>
  cellsOf(seen).map(({ id: _, ...cell }) => ({ ...cell, text: cell.text.replace(/\b[0-9a-f]{32}\b/g, '<model>') }))
const isOver = (seen: readonly Notification[]): boolean => seen.some(({ op }) => op === 'completed-run')

/** The reader's outputs are those of a notebook of their own with the same text, cell by cell. */
async function alone({ colleague }: Scene, reader: Listening): Promise<void> {
  await colleague.renew()
  const { id } = await colleague.notebook('their own', NOTEBOOK)
  const { opened, kernel } = await colleague.open(await colleague.tab(), id, 'run')
  await kernel.until('its cells are done', ({ op }) => op === 'completed-run')
  await expect.poll(() => isOver(reader.heard.notifications()), { timeout: START }).toBe(true)
  const own = outcome(kernel.seen)
  expect(own).toHaveLength(CELLS.length)
  const text = JSON.stringify(own)
  for (const shown of ['ROWS:5 AT | The office of marks | OM | Wien | ', '***', 'FOUND:.', 'LEFT:[', 'BESIDE:[]', 'Denied'])
    expect(text).toContain(shown)
  expect(outcome(reader.heard.notifications())).toEqual(own)
  await colleague.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
}

/** The source, in all its parts, by a script of the frame; a draft; the name of an artefact. Each counts as what its kernel had read. */
async function written({ author, analyst, id, mark, stack, search }: Scene): Promise<void> {
  const cells = heardCells(author)
  const saved = {
    cellIds: cells.map(({ id }) => id),
    codes: CELLS.map((code, at) => (at === 5 ? `print("${mark}")  # ${mark}` : at === 8 ? `mo.md("# ${mark}")` : code)),
    names: cells.map((_, at) => (at === 5 ? `m${mark}` : '_')),
    configs: cells.map(() => ({ hide_code: false, disabled: false })),
    filename: 'notebook.py',
    persist: true,
    layout: { type: 'grid', data: { columns: 24, cells: [], title: mark } },
  }
  expect(await command(author.page, '/api/kernel/save', saved)).toBe(200)
  expect(await command(author.page, '/api/kernel/save_app_config', { config: { app_title: mark } })).toBe(200)
  await analyst.renew()
  await analyst.call('POST /api/notebooks/:id/drafts', { params: { id }, body: { source: notebookOf(`"${mark}"`) } })
  const source = await analyst.source(id)
  for (const part of [`print("${mark}")`, `# ${mark}`, `def m${mark}(`, `app_title="${mark}"`]) expect(source).toContain(part)
  expect(source).toMatch(new RegExp(`mo\\.md\\(\\s*r?"+\\s*# ${mark}`))
  expect(await ran(author, 'artifacts.save(plain, told[:130])\n"KEPT"')).toContain('KEPT')
  const rows = rowsWith(join(stack.home, 'state.db'), search)
  expect([...new Set(rows.map(({ where, label }) => `${where} ${label}`))].sort()).toEqual(
    ['artefacts.name', 'drafts.source', 'versions.layout', 'versions.source'].map((where) => `${where} ${PERSONAL}`),
  )
  expect(stores(stack, search)).toEqual(['artefacts', 'kernels', 'state.db', 'tables'])
}

/** A file that the author puts beside the notebook, with it in name and content: they get it, the reader's kernel ends before it is there. */
async function beside({ author, stack, search, mark }: Scene, reader: Listening): Promise<void> {
  const files = await filesOf(author.page)
  const upload = files.getByRole('button', { name: 'Upload files' })
  const [chooser] = await Promise.all([author.page.waitForEvent('filechooser'), upload.click()])
  await chooser.setFiles({ name: `m${mark}.txt`, mimeType: 'text/plain', buffer: Buffer.from(mark) })
  await expect(files.getByRole('listitem')).toContainText(mark)
  expect(await ran(author, '[(path.name, path.read_text()) for path in pathlib.Path("files").iterdir()]')).toContain(mark)
  const ended = 'a file that counts above your clearance was put beside this notebook'
  await expect(reader.page.getByText(ended, { exact: false })).toBeVisible()
  await expect((await filesOf(reader.page)).getByText('Files beside this notebook are classified above you.')).toBeVisible()
  expect(places(await reader.heard.pieces(), search)).toEqual([])
  const rows = rowsWith(join(stack.home, 'state.db'), search).filter(({ where }) => where.startsWith('uploads.'))
  expect(rows.map(({ where, label }) => `${where} ${label}`)).toEqual([`uploads.name ${PERSONAL}`])
  expect(stores(stack, search)).toEqual(['artefacts', 'kernels', 'state.db', 'tables', 'uploads'])
}

async function filesOf(page: Page): Promise<Locator> {
  await page.getByRole('toolbar', { name: 'Panels' }).getByRole('button', { name: 'Files' }).click()
  return page.getByRole('complementary', { name: 'Files' })
}

/** What the last cell of the author's says with another text. */
async function ran(author: Listening, code: string): Promise<string> {
  const { id } = heardCells(author).at(-1) as Cell
  const runs = () => author.heard.notifications().filter(({ op }) => op === 'completed-run').length
  const before = runs()
  expect(await command(author.page, '/api/kernel/run', { cellIds: [id], codes: [code] })).toBe(200)
  await expect.poll(runs, { timeout: START }).toBeGreaterThan(before)
  return heardCells(author).at(-1)?.text ?? ''
}

/** Every page there is, and the notebook's own. */
async function looksAround(
  { stack, search, id }: Pick<Scene, 'stack' | 'search' | 'id'>,
  { page, heard }: Listening,
): Promise<void> {
  for (const path of [`/n/${id}`, ...PAGES]) {
    await page.goto(`${stack.origin}${path}`)
    await page.waitForLoadState('networkidle', { timeout: START })
  }
  expect(places(await heard.pieces(), search)).toEqual([])
}

/** The reader, in a kernel that starts after all of that: with the text that is theirs. */
async function again(scene: Scene, reader: Listening): Promise<void> {
  const { colleague, id, stack, search } = scene
  await colleague.renew()
  for (const { kernel } of await colleague.call('GET /api/kernels'))
    await colleague.call('POST /api/kernels/:kernel/stop', { params: { kernel } })
  const runs = () => reader.heard.notifications().filter(({ op }) => op === 'completed-run').length
  const before = runs()
  await reader.page.goto(`${stack.origin}/n/${id}`)
  await expect.poll(runs, { timeout: START }).toBeGreaterThan(before)
  expect(places(await reader.heard.pieces(), search)).toEqual([])
  await expect(frameOf(reader.page, NAME).getByText('LEFT:')).toBeVisible({ timeout: START })
  expect(JSON.stringify(outcome(reader.heard.notifications()))).toContain('BESIDE:[]')
  await looksAround(scene, reader)
}

/** Everything there is to ask for, by its author, who is told; by those below and beside it, who are not; by somebody cleared once it is theirs. */
async function asked(
  { search, analyst, colleague, id, first, mark }: Scene,
  client: (role: 'Owner' | 'Auditor' | 'Outsider') => Promise<Client>,
): Promise<void> {
  const subjects = await all(analyst, id)
  const told = async (who: Client) => places(await answers(who, subjects), search)
  const theirs = ['GET /api/artefacts', 'GET /api/artefacts/:artefact/content', 'GET /api/notebooks/:id/release']
  const source = ['GET /api/notebooks/:id/source', 'GET /api/notebooks/:id/versions/:version']
  expect(calls(await told(analyst))).toEqual(expect.arrayContaining([...theirs, ...source]))
  const share = async (person: string) => {
    const { version: onto } = await analyst.call('GET /api/notebooks/:id/shares', { params: { id } })
    const body = { with: [person], right: 'edit', expires: null, onto }
    await analyst.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  }
  await colleague.renew()
  await share('p_demo-colleague') // who is shown the source then, of the version that is theirs
  expect((await colleague.find(NAME)).sees).toBe('older')
  expect(await colleague.source(id)).toBe(first)
  const owner = await client('Owner')
  for (const who of [colleague, owner, await client('Auditor'), await client('Outsider')]) {
    expect(await told(who)).toEqual([])
    expect(await who.call('GET /api/notebooks', { query: { search: mark } })).toEqual([])
  }
  await share('p_demo-owner')
  expect(calls(await told(owner))).toEqual(expect.arrayContaining(source))
}

async function all(analyst: Client, id: string): Promise<Subjects> {
  const params = { id }
  await analyst.renew()
  const [versions, drafts, kernels, artefacts] = await Promise.all([
    analyst.call('GET /api/notebooks/:id/versions', { params }),
    analyst.call('GET /api/notebooks/:id/drafts', { params }),
    analyst.call('GET /api/kernels'),
    analyst.call('GET /api/artefacts'),
  ])
  const ids = (those: readonly { readonly id: string }[]) => those.map(({ id }) => id)
  return {
    id: [id],
    version: [...ids(versions), ...ids(drafts)],
    kernel: kernels.map(({ kernel }) => kernel),
    artefact: ids(artefacts),
    table: TABLES,
  }
}

/** The names that a kernel gives to a table and its columns are on record: in the rows as they are stored, and in no answer to anybody below. */
async function named(
  { author, stack, search, analyst, colleague, id }: Scene,
  auditors: readonly Listening[],
  client: (role: 'Auditor' | 'Outsider') => Promise<Client>,
): Promise<void> {
  const code = 'tables.write(f"t{word}", office.rename(columns={"city": f"c{word}"}), mode="create").name'
  const made = /demo-analyst\.t\w+/.exec(await ran(author, code))?.[0] ?? ''
  expect(search(Buffer.from(made))).toEqual(['plain'])
  const rows = rowsWith(join(stack.home, 'state.db'), search).filter(({ label }) => label !== PERSONAL)
  expect([...new Set(rows.map(({ where }) => where.split('.')[0]))].sort()).toEqual(['audit', 'edits', 'made_tables'])
  const subjects = await all(analyst, id)
  const told = async (who: Client) => places(await answers(who, subjects), search)
  const auditor = await client('Auditor')
  for (const who of [auditor, colleague, await client('Outsider')]) expect(await told(who)).toEqual([])
  for (const each of auditors) await looksAround({ stack, search, id }, each)
  await followed(auditor, made)
}

/** By an auditor, from row to row, without its name. */
async function followed(auditor: Client, made: string): Promise<void> {
  const lines = async (query: Record<string, string>) => (await auditor.call('GET /api/audit', { query })).lines
  expect(await lines({ table: made })).toEqual([])
  const alias = (await lines({})).find(({ kind, alias }) => kind === 'table-added' && alias)?.table ?? ''
  const kinds = (await lines({ table: alias })).map(({ kind, alias }) => `${kind} ${alias}`)
  expect(kinds).toEqual(['write-done', 'policy-changed', 'table-added', 'write-decided'].map((kind) => `${kind} true`))
}

/** A kernel that crashes with it in all hands leaves no more than one that ends. */
async function ended({ stack, search, since, author }: Scene): Promise<void> {
  const crash = 'import faulthandler\nfaulthandler.enable()\nprint(told)\nos.abort()'
  const cellIds = [heardCells(author).at(-1)?.id]
  void command(author.page, '/api/kernel/run', { cellIds, codes: [crash] }).catch(() => undefined) // its end may be unheard
  await expect.poll(() => stores(stack, search), { timeout: START }).toEqual(['artefacts', 'state.db', 'tables', 'uploads'])
  expect(stack.log('runner')).toContain('"cause":"crashed"')
  expect(elsewhere(since, search)).toEqual([])
}
