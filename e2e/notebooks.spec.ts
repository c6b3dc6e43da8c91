// The notebook browser.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, kernel, link, list, notebookOf, type Page, test } from './fixtures.ts'
import { ROOT } from './stack.ts'

const EXAMPLES = join(ROOT, 'examples/notebooks')
const search = (page: Page) => page.getByRole('searchbox', { name: 'Search notebooks' })

async function choose(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('the workspace starts with every example, named by its file', async ({ person }) => {
  const page = await person('Owner')
  for (const file of readdirSync(EXAMPLES).filter((name) => name.endsWith('.py')))
    await expect(link(page, file.replace(/\.py$/, ''))).toBeVisible()
})

test('search narrows the list as one types', async ({ person }) => {
  const page = await person('Analyst')
  await search(page).fill('flight')
  await expect(link(page, 'flight_delays')).toBeVisible()
  await expect(link(page, 'welcome')).toHaveCount(0)
  await search(page).fill('')
  await expect(link(page, 'welcome')).toBeVisible()
})

test('a new notebook opens at once; Back leads to the list, which shows it', async ({ person }) => {
  const page = await person('Colleague')
  await page.getByRole('button', { name: 'New notebook' }).click()
  await expect(kernel(page)).toHaveText(/ready/, { timeout: 60_000 })
  const name = (await page.getByRole('heading', { level: 1 }).textContent())?.trim() ?? ''
  expect(name).not.toBe('')
  await page.goBack()
  await expect(link(page, name)).toBeVisible()
})

test('rename in place; a name that is taken is refused and nothing changes', async ({ person, client }) => {
  const mine = await client('Colleague')
  await mine.notebook('before', notebookOf('1'))
  await mine.notebook('taken', notebookOf('1'))
  const page = await person('Colleague')
  await choose(page, 'before', 'Rename')
  await page.getByRole('textbox', { name: 'Name' }).fill('after')
  await page.keyboard.press('Enter')
  await expect(link(page, 'after')).toBeVisible()
  await expect(link(page, 'before')).toHaveCount(0)

  await choose(page, 'after', 'Rename')
  await page.getByRole('textbox', { name: 'Name' }).fill('taken')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/already/i).first()).toBeVisible()
  await expect(link(page, 'after')).toBeVisible()
})

test('duplicate, delete, undo; the duplicate has the same source', async ({ person, client }) => {
  const mine = await client('Colleague')
  const source = notebookOf('x = 41', 'x + 1')
  const original = await mine.notebook('original', source)
  const page = await person('Colleague')
  await choose(page, 'original', 'Duplicate')
  const copy = list(page).getByRole('link', { name: /original.+|.+original/ })
  await expect(copy).toBeVisible()
  const name = (await copy.textContent()) ?? ''
  expect(await mine.source((await mine.find(name)).id)).toBe(await mine.source(original.id))

  await choose(page, name, 'Delete')
  await expect(link(page, name)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(link(page, name)).toBeVisible()
})

test('import a file, and download exactly what was imported', async ({ person }) => {
  const page = await person('Colleague')
  const source = readFileSync(join(EXAMPLES, 'reactivity.py'), 'utf8')
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import' }).click()])
  await chooser.setFiles({ name: 'brought along.py', mimeType: 'text/x-python', buffer: Buffer.from(source) })
  await expect(link(page, 'brought along')).toBeVisible()
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'brought along', 'Download source')])
  expect(readFileSync(await download.path(), 'utf8')).toBe(source)
})

test("another person's private notebook is nowhere", async ({ person, client }) => {
  await (await client('Owner')).notebook('only mine', notebookOf('1'))
  const page = await person('Analyst')
  await expect(link(page, 'welcome')).toBeVisible()
  await expect(link(page, 'only mine')).toHaveCount(0)
})
