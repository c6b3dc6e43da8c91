// The library in real kernels and in the browser: each person finds what their clearance shows.
import AxeBuilder from '@axe-core/playwright'
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const ASK = 'from scrydon import kb\nfound = kb.search("regulatory framework Q3", limit=10)'
const SHOW = `import base64, json
shown = json.dumps([[one.title, one.passage, one.classification] for one in found])
"FOUND:" + base64.b64encode(shown.encode()).decode() + ":"`
const OPEN = ['public', 'internal']

const text = (kernel: KernelStream) => kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
type Found = [title: string, passage: string, classification: string][]

async function found(who: Client, id: string, mode: 'auto' | 'run' = 'auto'): Promise<Found> {
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('what was found', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('FOUND:'))
  return JSON.parse(Buffer.from(/FOUND:([\w+/=]+):/.exec(text(kernel))?.[1] ?? '', 'base64').toString()) as Found
}

test('one question, two people: ten passages each, none above their clearance', async ({ client }) => {
  const [analyst, colleague] = [await client('Analyst'), await client('Colleague')]
  const mine = async (who: Client) => found(who, (await who.notebook('searches', notebookOf(ASK, SHOW))).id)
  const [high, low] = [await mine(analyst), await mine(colleague)]
  expect(low).toHaveLength(10)
  expect(low.map(([, , classification]) => classification).filter((one) => !OPEN.includes(one))).toEqual([])
  expect(high).toHaveLength(10)
  expect(new Set(high.map(([, , classification]) => classification))).toEqual(new Set(['confidential', 'confidential · PII']))
  for (const [, passage] of [...high, ...low]) expect(passage).toMatch(/regulatory\sframework/i)
})

test('in the browser: passages as a table, counted in what the kernel has seen', async ({ person, client }) => {
  await (await client('Colleague')).notebook('asks the library', notebookOf(`${ASK}\nfound`))
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'asks the library')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText('passages of the library: 10')
  await expect(output(frame, 0).locator('tbody tr')).toHaveCount(10)
  await page.getByRole('button', { name: 'What you see' }).click()
  await expect(page.getByText('It was given passages of the library: up to internal.')).toBeVisible()
  await expect(page.getByText('This kernel counts as internal')).toBeVisible()
})

const documents = (page: Page) => page.getByRole('table', { name: 'Documents' })
const named = (page: Page, title: string) => documents(page).getByRole('row', { name: title })

async function toLibrary(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Library' }).click()
  await expect(page.getByRole('heading', { name: 'Library', exact: true })).toBeVisible()
}

const choose = (page: Page, name: string, body: string) => {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(body) }
  return page.getByRole('dialog').locator('input[type="file"]').setInputFiles(file)
}

test('the page: what one adds, who sees it, and how it goes', async ({ person }) => {
  const page = await person('Analyst')
  await toLibrary(page)
  await expect(named(page, 'Regulatory framework: the incident plan')).toContainText('confidential · PII')
  await page.getByRole('button', { name: 'Add documents' }).click()
  await expect(page.getByLabel('Classification')).toHaveValue('confidential')
  await page.getByLabel('Classification').selectOption('internal')
  await page.getByLabel('PII').uncheck()
  await choose(page, 'shared-notes.md', '# Shared notes\n\nFor the team.')
  await expect(named(page, 'Shared notes')).toContainText('internal')
  await page.getByRole('button', { name: 'Add documents' }).click()
  await choose(page, 'own-notes.txt', 'For few.')
  await expect(named(page, 'own notes')).toContainText('confidential · PII')

  const other = await person('Colleague')
  await toLibrary(other)
  await expect(named(other, 'Shared notes')).toContainText('Analyst')
  await expect(documents(other)).not.toContainText('confidential')
  await expect(other.getByRole('button', { name: 'Remove Shared notes' })).toHaveCount(0)
  await other.getByRole('searchbox').fill('nothing like it')
  await expect(other.getByRole('heading', { name: 'No document matches' })).toBeVisible()

  for (const title of ['Shared notes', 'own notes']) {
    await page.getByRole('button', { name: `Remove ${title}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await expect(named(page, title)).toHaveCount(0)
  }
})

test('a file that cannot be read is said, with an id', async ({ person }) => {
  const page = await person('Colleague')
  await toLibrary(page)
  await page.getByRole('button', { name: 'Add documents' }).click()
  await choose(page, 'broken.pdf', 'not a PDF')
  const said = page.getByRole('alert')
  await expect(said).toContainText('The PDF could not be read: it is damaged')
  await expect(said).toContainText(/e_[\w-]{20}/)
  await expect(named(page, 'broken')).toHaveCount(0)
})

test('who is no member reads that it is not for them', async ({ person }) => {
  const page = await person('Auditor')
  await toLibrary(page)
  await expect(page.getByRole('heading', { name: 'The library is for members of this workspace' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Add documents' })).toHaveCount(0)
})

for (const theme of ['light', 'dark'] as const) {
  test(`the page is accessible, ${theme}`, async ({ person }) => {
    const page = await person('Analyst')
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await toLibrary(page)
    await expect(documents(page)).toBeVisible()
    const wrong = async () =>
      (await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()).violations.map(
        ({ id }) => id,
      )
    expect(await wrong()).toEqual([])
    await page.getByRole('button', { name: 'Add documents' }).click()
    await expect(page.getByLabel('Classification')).toBeVisible()
    expect(await wrong()).toEqual([])
  })
}
