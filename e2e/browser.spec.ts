// The notebook browser by hand and by keyboard: names, the trash, files brought along, what is kept over Back.
import { expect, frameOf, kernel, link, list, notebookOf, openNotebook, type Page, test } from './fixtures.ts'

const SOURCE = notebookOf("'a'")
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search notebooks' })
const field = (page: Page) => page.getByRole('textbox', { name: 'Name' })
const python = (name: string, text = SOURCE) => ({ name, mimeType: 'text/x-python', buffer: Buffer.from(text) })

async function bring(page: Page, files: ReturnType<typeof python>[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import' }).click()])
  await chooser.setFiles(files)
}

test('the arrow keys walk the rows, F2 renames, Escape leaves the name as it was', async ({ person, client }) => {
  const mine = await client('Colleague')
  for (const name of ['row 1', 'row 2', 'row 3']) await mine.notebook(name, SOURCE)
  const page = await person('Colleague')
  await search(page).fill('row ')
  await expect(list(page).getByRole('link')).toHaveCount(3)
  const names = await list(page).getByRole('link').allTextContents()
  await link(page, names[0] ?? '').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(link(page, names[2] ?? '')).toBeFocused()
  await page.keyboard.press('Home')
  await expect(link(page, names[0] ?? '')).toBeFocused()
  const actions = page.getByRole('button', { name: `Actions for ${names[0]}`, exact: true })
  await actions.focus()
  await page.keyboard.press('ArrowDown') // on the button of a menu it opens that
  await expect(page.getByRole('menu')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(actions).toBeFocused()
  await link(page, names[0] ?? '').focus()
  await page.keyboard.press('F2')
  await field(page).fill('never')
  await page.keyboard.press('Escape')
  await expect(link(page, names[0] ?? '')).toBeFocused()
  await page.keyboard.press('F2')
  await field(page).fill('row renamed')
  await page.keyboard.press('Enter')
  await expect(link(page, 'row renamed')).toBeVisible()
  expect((await mine.call('GET /api/notebooks')).map(({ name }) => name)).not.toContain('never')
})

test('Delete moves a notebook to the trash, Ctrl+Z brings it back, and so does Restore', async ({ person, client }) => {
  const mine = await client('Colleague')
  const { id } = await mine.notebook('thrown away', SOURCE)
  const page = await person('Colleague')
  await link(page, 'thrown away').focus()
  await page.keyboard.press('Delete')
  await expect(link(page, 'thrown away')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
  await page.keyboard.press('Control+z')
  await expect(link(page, 'thrown away')).toBeVisible()

  await link(page, 'thrown away').focus()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()
  await page.getByRole('link', { name: 'Trash' }).click()
  await expect(page.getByRole('grid', { name: 'Trash' })).toContainText('thrown away')
  await page.getByRole('button', { name: 'Restore thrown away' }).click()
  await expect(page.getByRole('grid', { name: 'Trash' }).getByText('thrown away')).toHaveCount(0)
  await page.getByRole('link', { name: 'Back to the notebooks' }).click()
  await expect(link(page, 'thrown away')).toBeVisible()
  expect(await mine.source(id)).toBe(SOURCE)
})

test('only its author renames or deletes a notebook: others read why', async ({ person }) => {
  const page = await person('Colleague')
  await page.getByRole('button', { name: 'Actions for welcome', exact: true }).click()
  for (const name of [/^Rename/, /^Delete/]) {
    await expect(page.getByRole('menuitem', { name })).toHaveAttribute('aria-disabled', 'true')
    await expect(page.getByRole('menuitem', { name })).toContainText('Only Owner can')
  }
})

test('a name changed above the notebook changes everywhere', async ({ person, client }) => {
  await (await client('Colleague')).notebook('old name', SOURCE)
  const page = await person('Colleague')
  await openNotebook(page, 'old name')
  const heading = page.getByRole('heading', { level: 1 })
  await heading.getByRole('button').click()
  await field(page).fill('dismissed')
  await page.keyboard.press('Escape')
  await expect(heading).toHaveText('old name')
  await heading.getByRole('button').press('F2')
  await field(page).fill('new name')
  await page.keyboard.press('Enter')
  await expect(heading).toHaveText('new name')
  await expect(page.getByRole('tab')).toHaveText('new name')
  await expect(page).toHaveTitle('new name – Scrydon Notebooks')
  await expect(page.locator('iframe[title="Notebook new name"]')).toBeVisible()
  await page.goBack()
  await expect(link(page, 'new name')).toBeVisible()
})

test('files are imported by dropping them, several at once', async ({ person }) => {
  const page = await person('Colleague')
  const files = await page.evaluateHandle((source) => {
    const carried = new DataTransfer()
    for (const name of ['dropped 1.py', 'dropped 2.py']) carried.items.add(new File([source], name, { type: 'text/x-python' }))
    return carried
  }, SOURCE)
  const zone = page.getByRole('region', { name: 'Notebook browser' })
  await zone.dispatchEvent('dragenter', { dataTransfer: files })
  await expect(page.getByText('Drop .py files to import them')).toBeVisible()
  await zone.dispatchEvent('drop', { dataTransfer: files })
  await expect(page.getByText('Imported 2 notebooks')).toBeVisible()
  for (const name of ['dropped 1', 'dropped 2']) await expect(link(page, name)).toBeVisible()
  await expect(page.getByText('Drop .py files to import them')).toHaveCount(0)
})

test('a wrong file is named, a taken name gets a number, and the good file of a batch is there', async ({ person, client }) => {
  const mine = await client('Colleague')
  await mine.notebook('twice', SOURCE)
  const page = await person('Colleague')
  await bring(page, [python('twice.py'), python('notes.ipynb', '{}'), { ...python('latin.py'), buffer: Buffer.from([0xe9]) }])
  await expect(page.getByText('“notes.ipynb” is not a .py file.')).toBeVisible()
  await expect(page.getByText(/“latin.py” is not UTF-8 text/)).toBeVisible()
  await expect(page.getByText('Imported “twice 2”')).toBeVisible()
  await expect(link(page, 'twice 2')).toBeVisible()
  await bring(page, [python('prose.py', 'this is no notebook')])
  await expect(page.getByText(/not a .*notebook|not a marimo/i).first()).toBeVisible()
  await expect(link(page, 'prose')).toHaveCount(0)
})

test('a search is kept over a visit to a notebook, and one without a result offers a way out', async ({ person, client }) => {
  await (await client('Colleague')).notebook('needle', SOURCE)
  const page = await person('Colleague')
  await search(page).fill('needl')
  await expect(list(page).getByRole('link')).toHaveCount(1)
  await openNotebook(page, 'needle')
  await page.goBack()
  await expect(search(page)).toHaveValue('needl')
  await expect(list(page).getByRole('link')).toHaveCount(1)
  await search(page).fill('needless')
  await expect(page.getByText('Nothing matches “needless”.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await expect(link(page, 'welcome')).toBeVisible()
})

test('an auditor signs in and finds what is shared with the workspace', async ({ person }) => {
  const page = await person('Auditor')
  await expect(link(page, 'welcome')).toBeVisible()
})

test('who deletes a notebook that is open loses its tab, is offered Undo, and opens it again as it was', async ({
  person,
  client,
}) => {
  const mine = await client('Colleague')
  const { id } = await mine.notebook('open and gone', SOURCE)
  const page = await person('Colleague')
  await openNotebook(page, 'open and gone')
  await page.goBack()
  await link(page, 'open and gone').focus()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('tab')).toHaveCount(0)
  await expect(page.locator('iframe[title]')).toHaveCount(0)
  await expect(page.getByText('“open and gone” moved to the trash')).toBeVisible()
  await expect(page.getByText(/access/i)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await openNotebook(page, 'open and gone')
  await expect(kernel(page)).toHaveText('ready')
  await expect(frameOf(page, 'open and gone').locator('.cm-content').first()).toHaveText("'a'")
  expect(await mine.source(id)).toBe(SOURCE)
})

test('deleted in one tab, a notebook that is in front in another closes there too, and the reason is said', async ({
  person,
  client,
}) => {
  await (await client('Colleague')).notebook('gone elsewhere', SOURCE)
  const page = await person('Colleague')
  await openNotebook(page, 'gone elsewhere')
  const other = await page.context().newPage()
  await other.goto(new URL('/', page.url()).href)
  await link(other, 'gone elsewhere').focus()
  await other.keyboard.press('Delete')
  await expect(page.getByText('This notebook was moved to the trash, in another tab.')).toBeVisible()
  await expect(page.getByRole('tab')).toHaveCount(0)
  await expect(list(page)).toBeVisible()
})

test('the source of an opened notebook is downloaded from the palette', async ({ person, client }) => {
  await (await client('Colleague')).notebook('to take home', SOURCE)
  const page = await person('Colleague')
  await openNotebook(page, 'to take home')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a notebook or command' }).fill('download source')
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toBe('to take home.py')
})
