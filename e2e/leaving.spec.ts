// What a notebook would put on the person's disk, and what a person's own settings come to: both go through the shell.
import { readFileSync } from 'node:fs'
import { cells, expect, frameOf, kernel, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const PICTURE = 'import marimo as mo\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.gca()'
const FILES = notebookOf(PICTURE, 'mo.download(b"a,b", filename="data.csv", label="take it")', 'mo.ui.file_browser()')
const [NEUTRAL, CHOSEN] = ['12.6px', '18px'] // the editor draws 14 and 20 at nine tenths
const notice = (page: Page, text: RegExp) => page.getByText(text).first()

/** Counts every download of the page, whoever asked for it. */
function downloads(page: Page): string[] {
  const names: string[] = []
  page.on('download', (download) => names.push(download.suggestedFilename()))
  return names
}

test('an editor saves the picture of an output; data is refused in words', async ({ person, client }) => {
  await (await client('Analyst')).notebook('leaving', FILES)
  const page = await person('Analyst')
  const names = downloads(page)
  const frame = await openNotebook(page, 'leaving')
  await runAll(frame)
  await output(frame, 0).locator('img').click({ button: 'right' })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    frame.getByRole('menuitem', { name: 'Download image' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('leaving.png')
  expect(
    readFileSync(await download.path())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  await expect(frame.getByRole('menu')).toHaveCount(0)
  await output(frame, 1).getByText('take it').click()
  await expect(notice(page, /lets pictures of outputs leave/)).toBeVisible()
  expect(names).toEqual(['leaving.png'])
})

test('the menu of a cell offers nothing that would do nothing', async ({ person, client }) => {
  await (await client('Analyst')).notebook('menus', FILES)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'menus')
  await runAll(frame)
  const items = frame.getByRole('menuitem').filter({ visible: true })
  await output(frame, 0).locator('img').click({ button: 'right' })
  await expect(items.filter({ hasText: 'Copy image' })).toHaveCount(1)
  await expect(items.filter({ hasText: /Export|link to cell|Paste/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await cells(frame).first().locator('.cm-content').click({ button: 'right' })
  await expect(items.filter({ hasText: /^Cut/ })).toHaveCount(1)
  await expect(items.filter({ hasText: /Export|link to cell|Paste/ })).toHaveCount(0)
})

test('a reader takes nothing along, and is told so; a file browser says whom it is for', async ({ person, client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.find('anywidget_counter')
  await analyst.call('POST /api/notebooks/:id/versions', { params: { id }, body: { name: 'as it was' } })
  const tab = await analyst.tab() // holds the lease of a notebook that the colleague may open too
  const { kernel: edited } = await analyst.open(tab, id)
  const { ids: cellIds } = await edited.instantiate()
  const codes = [PICTURE, 'mo.download(b"a,b", filename="data.csv", label="take it")', 'mo.ui.file_browser()']
  const given = cellIds.slice(0, codes.length)
  const rest = {
    filename: 'notebook.py',
    persist: true,
    layout: null,
    names: given.map(() => '_'),
    configs: given.map(() => ({})),
  }
  expect((await edited.post('/api/kernel/save', { cellIds: given, codes, ...rest })).status).toBe(200)

  const page = await person('Colleague')
  const names = downloads(page)
  const frame = await openNotebook(page, 'anywidget_counter')
  await expect(frame.getByText('take it')).toBeVisible({ timeout: 60_000 })
  const browser = frame.locator('marimo-file-browser')
  await expect(browser).toBeHidden()
  const words = browser.locator('..').evaluate((element) => getComputedStyle(element, '::before').content)
  expect(await words).toContain('Choosing a file is for who edits this notebook.')
  await frame.getByText('take it').click()
  await expect(notice(page, /you are reading this notebook/)).toBeVisible()
  expect(names).toEqual([])

  const versions = await analyst.call('GET /api/notebooks/:id/versions', { params: { id } })
  const version = versions.find(({ name }) => name === 'as it was')?.id ?? ''
  await analyst.call('POST /api/notebooks/:id/versions/:version/restore', { params: { id, version } })
  tab.close()
})

test('marimo’s settings are the person’s: there after a reload, in another notebook and for nobody else', async ({
  person,
  client,
}) => {
  test.setTimeout(180_000)
  const analyst = await client('Analyst')
  await analyst.notebook('set here', notebookOf("'a'"))
  await analyst.notebook('found there', notebookOf("'b'"))
  await (await client('Colleague')).notebook('not mine', notebookOf("'c'"))
  const page = await person('Analyst')
  const size = (name: string, on: Page = page) =>
    frameOf(on, name)
      .locator('.cm-editor')
      .first()
      .evaluate((editor) => getComputedStyle(editor).fontSize)
  const frame = await openNotebook(page, 'set here')
  expect(await size('set here')).toBe(NEUTRAL)
  await frame.getByTestId('app-config-button').click()
  await frame.getByRole('button', { name: 'User settings' }).click()
  await frame.getByRole('tab', { name: 'Display' }).click()
  await frame.getByTestId('code-editor-font-size-input').locator('input').fill('20')
  await page.keyboard.press('Tab')
  await expect.poll(() => size('set here')).toBe(CHOSEN)
  await expect
    .poll(async () => (await analyst.call('POST /api/bearer')).preferences.editor)
    .toEqual({ display: { code_editor_font_size: 20 } })

  await page.reload()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect.poll(() => size('set here'), { timeout: 30_000 }).toBe(CHOSEN)
  await page.goBack()
  await openNotebook(page, 'found there')
  await expect.poll(() => size('found there')).toBe(CHOSEN)

  const other = await person('Colleague')
  await openNotebook(other, 'not mine')
  expect(await size('not mine', other)).toBe(NEUTRAL)
})
