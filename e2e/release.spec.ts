// What somebody made of what they read: theirs alone, released with a reason, seen by the label, and lowered by nobody without a grant.
import AxeBuilder from '@axe-core/playwright'
import type { Client } from './client.ts'
import { expect, notebookOf, type Page, test } from './fixtures.ts'

const SOURCE = 'compliance_authorities'
const MADE = (name: string) => `from scrydon import tables
made = tables.write("${name}", tables.read("${SOURCE}"), "create")
f"MADE:{made.rows}:"`
const READ = (name: string) => `from scrydon import tables
f"READ:{len(tables.read('${name}'))}:"`

/** What the code's last value says after this word. */
async function said(who: Client, code: string, word: string): Promise<string> {
  const { id } = await who.notebook(`${word} ${crypto.randomUUID().slice(0, 8)}`, notebookOf(code))
  const { kernel } = await who.open(await who.tab(), id, 'auto')
  await kernel.runAll()
  const found = new RegExp(`${word}:(\\w+):`)
  await kernel.until('what came of it', ({ op, data }) => op === 'cell-op' && found.test(JSON.stringify(data)))
  return found.exec(kernel.seen.map(({ data }) => JSON.stringify(data)).join(''))?.[1] ?? ''
}

const place = (page: Page) => page.getByRole('navigation', { name: 'Managed data' })
async function toTables(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Tables' }).click()
  await expect(page.getByRole('list', { name: 'Tables', exact: true })).toContainText(SOURCE)
}
const listed = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Tables', exact: true }).getByRole('link', { name, exact: true })
async function toTable(page: Page, name: string): Promise<void> {
  await toTables(page)
  await listed(page, name).click()
  await expect(page.getByRole('region', { name })).toBeVisible()
}
async function save(page: Page, reason: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
}
async function saved(page: Page, reason: string): Promise<void> {
  await save(page, reason)
  await expect(page.getByRole('dialog')).toBeHidden()
}
async function lower(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Classify …' }).click()
  await page.getByRole('combobox', { name: `Level of “${name}”` }).selectOption('internal')
  await page.getByRole('textbox', { name: `Markings of “${name}”` }).fill('')
}

test.afterEach(async ({ again }) => {
  const owner = await again('Owner')
  const { workspace, version: onto } = await owner.call('GET /api/workspace')
  const grants = workspace.grants.filter(({ id }) => !id.startsWith('grant-'))
  await owner.call('PUT /api/workspace', {
    body: { workspace: { ...workspace, grants }, onto, reason: 'as the examples have it' },
  })
})

test('a table of personal data: released it is seen by the label, and lowered only by a grant that the owner gave', async ({
  person,
  client,
}) => {
  const name = 'demo-analyst.authorities'
  expect(await said(await client('Analyst'), MADE('authorities'), 'MADE')).toBe('33')
  const [analyst, owner, colleague] = [await person('Analyst'), await person('Owner'), await person('Colleague')]
  await toTables(colleague)
  await expect(listed(colleague, name)).toBeHidden()

  await toTable(analyst, name)
  const region = analyst.getByRole('region', { name })
  await expect(region).toContainText('Yours alone')
  await expect(region.getByRole('list', { name: 'Made from' })).toHaveText(
    new RegExp(`^${SOURCE}, read as confidential · PII under version \\d+ of its rules$`), // of which other tests make more
  )
  await analyst.getByRole('button', { name: 'Release …' }).click()
  await analyst.getByRole('checkbox', { name: 'everybody in the workspace' }).check()
  await expect(analyst.getByRole('list', { name: 'Before you release it' })).toContainText(
    'not cleared for confidential · PII, which it carries from what was read',
  )
  await saved(analyst, 'The team checks it')
  await expect(region).toContainText('Released to everybody in the workspace')

  await toTable(owner, name)
  await expect(owner.getByRole('button', { name: 'Release …' })).toBeHidden()
  await colleague.reload()
  await toTables(colleague)
  await expect(listed(colleague, name)).toBeHidden()

  await lower(analyst, name)
  await save(analyst, 'It holds nothing personal')
  await expect(analyst.getByRole('dialog').getByRole('alert')).toContainText('needs a grant to declassify')
  await analyst.keyboard.press('Escape')

  await place(owner).getByRole('link', { name: 'Access' }).click()
  await owner.getByRole('button', { name: 'Edit the workspace' }).click()
  await owner.getByRole('button', { name: 'Add a grant' }).click()
  await owner.getByRole('combobox', { name: 'Person of grant-1' }).selectOption('Analyst')
  await owner.getByRole('combobox', { name: 'What grant-1 allows' }).selectOption('may declassify')
  await saved(owner, 'For the review')
  await expect(owner.getByRole('list', { name: 'Grants of the workspace' })).toContainText('Analyst may declassify')

  await lower(analyst, name)
  await saved(analyst, 'It holds nothing personal')
  await colleague.reload()
  await toTable(colleague, name)
  await expect(colleague.getByRole('region', { name })).toContainText('internal')
  expect(await said(await client('Colleague'), READ(name), 'READ')).toBe('33')
  await place(analyst).getByRole('link', { name: 'Audit' }).click()
  await expect(analyst.getByText('Lowered the table')).toBeVisible()
  await expect(analyst.getByText('Released the table to the workspace')).toBeVisible()
})

for (const theme of ['light', 'dark'] as const) {
  test(`its page and dialogs are accessible, ${theme}`, async ({ person, client }) => {
    const name = `demo-analyst.copy_${theme}`
    expect(await said(await client('Analyst'), MADE(`copy_${theme}`), 'MADE')).toBe('33')
    const [page, owner] = [await person('Analyst'), await person('Owner')]
    for (const each of [page, owner]) await each.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const wrong = async (each: Page) =>
      (await new AxeBuilder({ page: each }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()).violations.map(
        ({ id }) => id,
      )
    await toTable(page, name)
    expect(await wrong(page)).toEqual([])
    await page.getByRole('button', { name: 'Release …' }).click()
    await page.getByRole('checkbox', { name: 'everybody in the workspace' }).check()
    await expect(page.getByRole('list', { name: 'Before you release it' })).toBeVisible()
    expect(await wrong(page)).toEqual([])
    await toTables(owner)
    await place(owner).getByRole('link', { name: 'Access' }).click()
    await expect(owner.getByRole('list', { name: 'Grants of the workspace' })).toBeVisible()
    expect(await wrong(owner)).toEqual([])
    await owner.getByRole('button', { name: 'Edit the workspace' }).click()
    await expect(owner.getByRole('dialog')).toBeVisible()
    expect(await wrong(owner)).toEqual([])
  })
}
