// The panels beside a notebook, and what the header says of its kernel.
import { truncateSync, writeFileSync } from 'node:fs'
import {
  chooseKernel,
  edit,
  expect,
  frameOf,
  kernel,
  link,
  notebookOf,
  openNotebook,
  output,
  type Page,
  runAll,
  test,
  type,
} from './fixtures.ts'

const panel = (page: Page, name: string) => page.getByRole('complementary', { name })
const show = (page: Page, name: string) => page.getByRole('toolbar', { name: 'Panels' }).getByRole('button', { name }).click()

type Picked = string | { readonly name: string; readonly mimeType: string; readonly buffer: Buffer }
const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })

async function upload(page: Page, file: Picked): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    panel(page, 'Files').getByRole('button', { name: 'Upload files' }).click(),
  ])
  await chooser.setFiles(file)
}

test('versions: name one, look at it, restore it; what was typed the moment before stays in the history', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('history', notebookOf("text = 'first'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'history')
  await show(page, 'Versions')
  const versions = panel(page, 'Versions')
  await versions.getByRole('textbox', { name: 'Name of the version' }).fill('the first one')
  await versions.getByRole('button', { name: 'Keep' }).click()
  await expect(versions.getByText('the first one')).toBeVisible()
  await type(page, frame, 0, "text = 'second'")
  await page.keyboard.press('Control+s')
  await expect(versions.getByRole('listitem')).toHaveCount(2)

  await versions.getByRole('button', { name: 'View the first one' }).click()
  const dialog = page.getByRole('dialog', { name: 'the first one' })
  await expect(dialog).toContainText("text = 'first'")
  await dialog.getByRole('button', { name: 'Close' }).click()

  await type(page, frame, 0, "text = 'third'")
  await versions.getByRole('button', { name: 'Restore: the first one' }).click()
  await versions.getByRole('button', { name: 'Restore and restart the kernel: the first one' }).click()
  await expect(frameOf(page, 'history').locator('.cm-content').first()).toContainText("text = 'first'", { timeout: 60_000 })
  await expect(frameOf(page, 'history').locator('.marimo-cell.needs-run')).toHaveCount(1)
  expect(await mine.source(id)).toContain("text = 'first'")
  const kept = await mine.call('GET /api/notebooks/:id/versions', { params: { id } })
  const sources = await Promise.all(
    kept.map(({ id: version }) => mine.call('GET /api/notebooks/:id/versions/:version', { params: { id, version } })),
  )
  expect(sources.map(({ source }) => source).join()).toContain("text = 'third'")
})

test('files: upload, read in an editor’s and a reader’s kernel, replace and delete after a question, the quota named', async ({
  person,
  client,
}, info) => {
  const read = 'from pathlib import Path\nPath("files/told.txt").read_text()'
  const mine = await client('Analyst')
  const { id } = await mine.notebook('with files', notebookOf(read))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'with files')
  await show(page, 'Files')
  const files = panel(page, 'Files')
  await expect(files.getByText('No files yet.')).toBeVisible()
  await upload(page, text('told.txt', 'as it was'))
  await expect(files.getByRole('listitem')).toContainText('told.txt')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText('as it was')

  await upload(page, text('told.txt', 'as it is now'))
  await page.getByRole('dialog', { name: 'Replace “told.txt”?' }).getByRole('button', { name: 'Replace' }).click()
  await expect(files.getByText('12 B', { exact: false }).first()).toBeVisible()
  await edit(page, frame, 0, `${read}  # again`)
  await expect(output(frame, 0)).toContainText('as it is now')
  const tab = await mine.tab()
  const { opened, kernel: reading } = await mine.open(tab, id, 'run')
  expect(opened.mode).toBe('run')
  await reading.until('a reader reads it', ({ data }) => JSON.stringify(data).includes('as it is now'))
  tab.close()

  await files.getByRole('button', { name: 'Delete told.txt' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await expect(files.getByRole('listitem')).toHaveCount(1)
  await files.getByRole('button', { name: 'Delete told.txt' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(files.getByText('No files yet.')).toBeVisible()
  const large = info.outputPath('large.bin')
  writeFileSync(large, '')
  truncateSync(large, 64 * 2 ** 20 + 1)
  await upload(page, large)
  await expect(page.getByText('one file may be 64 MB at most', { exact: false })).toBeVisible()
  await expect(files.getByText('No files yet.')).toBeVisible()
})

test('packages: the list, the search, and what to do for one that is missing', async ({ person, client }) => {
  await (await client('Analyst')).notebook('packages', notebookOf('1'))
  const page = await person('Analyst')
  await openNotebook(page, 'packages')
  await show(page, 'Packages')
  const packages = panel(page, 'Packages')
  await packages.getByRole('searchbox', { name: 'Search packages' }).fill('pandas')
  await expect(packages.getByRole('listitem').first()).toContainText(/^pandas\s*\d+\.\d+/)
  await packages.getByRole('searchbox').fill('no-such-package')
  await expect(packages.getByText('“no-such-package” is not installed.')).toBeVisible()
  await expect(packages).toContainText('npm run packages')
})

test('limits: each with its value, as the server enforces it', async ({ person, client }) => {
  const mine = await client('Analyst')
  await mine.notebook('limits', notebookOf('1'))
  const limits = await mine.call('GET /api/limits')
  const page = await person('Analyst')
  await openNotebook(page, 'limits')
  await show(page, 'Limits')
  const terms = panel(page, 'Limits').locator('dl > div')
  await expect(terms).toHaveCount(limits.length)
  for (const [at, { name, value }] of limits.entries()) {
    await expect(terms.nth(at)).toContainText(name)
    await expect(terms.nth(at)).toContainText(value)
  }
  await page.keyboard.press('Escape')
  await expect(panel(page, 'Limits')).toHaveCount(0)
})

test('memory and idle stop are said as soon as the notebook is open, on a narrow screen too', async ({ person, client }) => {
  await (await client('Analyst')).notebook('said', notebookOf('1'))
  const page = await person('Analyst')
  await page.setViewportSize({ width: 800, height: 700 })
  await openNotebook(page, 'said')
  await page.reload()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  const meter = page.getByRole('meter', { name: 'Memory' })
  await expect(meter).toHaveAttribute('aria-valuetext', /^\d+(\.\d)? MB of 2 GB$/, { timeout: 8_000 }) // below what a kernel says by itself
  await expect(page.getByText(/^\d+(\.\d)? MB of 2 GB$/)).toBeVisible()
  const stop = new Date(Date.now() + 60 * 60_000)
  const times = [-1, 0, 1].map((minute) => new Date(stop.getTime() + minute * 60_000).toTimeString().slice(0, 5))
  await expect(page.getByText(/^idle stop \d\d:\d\d$/)).toHaveText(new RegExp(times.join('|')))
})

test('who is editing stands in the list, and goes with them', async ({ person }) => {
  const editor = await person('Analyst')
  await openNotebook(editor, 'maths_and_diagrams')
  const other = await person('Colleague')
  const row = other.getByRole('row').filter({ has: other.getByRole('link', { name: 'maths_and_diagrams', exact: true }) })
  const who = row.getByRole('gridcell', { name: 'Analyst', exact: true })
  await expect(who).toBeVisible()
  await chooseKernel(editor, 'Shut down')
  await expect(who).toHaveCount(0)
})

test('“run my own notebooks when they are opened” does so, for one’s own; opening without running is for once', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  await mine.notebook('runs', notebookOf('print("ran")\n6 * 7'))
  const page = await person('Analyst')
  await page.getByRole('button', { name: 'Signed in as Analyst' }).click()
  await page.getByRole('menuitem', { name: 'Preferences' }).click()
  await page.getByRole('switch', { name: 'Run my own notebooks when they are opened' }).check()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  const frame = await openNotebook(page, 'runs')
  await expect(output(frame, 0)).toContainText('42')
  await chooseKernel(page, 'Shut down')
  await expect(kernel(page)).toHaveText('stopped')
  await page.goBack()
  await page.getByRole('button', { name: 'Actions for runs' }).click()
  await page.getByRole('menuitem', { name: 'Open without running' }).click()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect(frame.locator('.marimo-cell.needs-run')).toHaveCount(1, { timeout: 60_000 })
  await mine.call('PUT /api/preferences', { body: { autorun: false, theme: 'system' } })
})

test('a reader opens without running: nothing has run until they say so', async ({ person, client }) => {
  const owner = await client('Owner')
  const { id } = await owner.find('welcome')
  const tab = await owner.tab()
  expect((await owner.open(tab, id)).opened.mode).toBe('edit')
  const reader = await person('Colleague')
  await reader.getByRole('button', { name: 'Actions for welcome' }).click()
  await reader.getByRole('menuitem', { name: 'Open without running' }).click()
  await expect(kernel(reader)).toHaveText('ready', { timeout: 60_000 })
  await expect(reader.getByText('Nothing has run.')).toBeVisible()
  await expect(frameOf(reader, 'welcome').getByText('The flower has 7 petals')).toHaveCount(0)
  await reader.reload()
  await expect(reader.getByText('Nothing has run.')).toBeVisible({ timeout: 60_000 })
  await reader.getByRole('button', { name: 'Run it' }).click()
  await expect(frameOf(reader, 'welcome').getByText('The flower has 7 petals')).toBeVisible({ timeout: 60_000 })
  await expect(reader.getByText('Nothing has run.')).toHaveCount(0)
  tab.close()
})

test('eight kernels are the limit of a person: the refusal lists them, and one is shut down in place', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const tab = await mine.tab()
  for (let at = 1; at <= 8; at += 1) await mine.open(tab, (await mine.notebook(`one of ${at}`, notebookOf('1'))).id)
  await mine.notebook('the ninth', notebookOf('9'))
  const page = await person('Analyst')
  await link(page, 'the ninth').click()
  await expect(page.getByText('You have 8 kernels running', { exact: false })).toBeVisible({ timeout: 60_000 })
  const running = page.getByRole('list', { name: 'Your running kernels' })
  await expect(running.getByRole('listitem')).toHaveCount(8)
  await running.getByRole('button', { name: 'Shut down one of 3' }).click()
  await expect(running.getByRole('listitem')).toHaveCount(7)
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  tab.close()
})

test('a file above the limit of one command is refused in words; the kernel goes on', async ({ person, client }) => {
  await (await client('Analyst')).notebook(
    'large file',
    notebookOf('import marimo as mo', 'picked = mo.ui.file()\npicked', 'f"{len(picked.value)} files, {6 * 7}"'),
  )
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'large file')
  await runAll(frame)
  await expect(output(frame, 2)).toContainText('0 files, 42')
  await frame
    .locator('input[type="file"]')
    .first()
    .setInputFiles({
      name: 'twenty.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.alloc(20 * 2 ** 20),
    })
  await expect(page.getByText('larger than 16 MB', { exact: false })).toContainText('Upload a large file under Files')
  await expect(kernel(page)).toHaveText('ready')
  await frame
    .locator('input[type="file"]')
    .first()
    .setInputFiles({ name: 'small.bin', mimeType: 'text/plain', buffer: Buffer.from('a') })
  await expect(output(frame, 2)).toContainText('1 files, 42')
})
