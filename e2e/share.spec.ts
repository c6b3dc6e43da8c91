// A notebook is shared with a member, who runs it as themselves; the share is taken back, and the view ends.
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { BY_HAND, expect, frameOf, kernel, link, notebookOf, openNotebook, runAll, test, type } from './fixtures.ts'

const TABLE = 'compliance_authorities'
const READ = `from scrydon import tables\nrows = tables.read("${TABLE}").sort_values("country")\nf"ROWS:{len(rows)} {list(rows['email'])[2]}"`
const START = 60_000
const DEADLINE = 2000 // ms

const region = (page: Page) => page.getByRole('region', { name: 'Shared with me' })
const readOnly = (page: Page) => page.getByRole('status').filter({ hasText: 'Read-only' })
const over = (page: Page) => page.getByText('no longer shared')
const alive = async (client: Client) => (await client.living()).map(({ mode }) => mode)

/** The dialog, opened in the author's page. */
async function sharing(page: Page, name: string) {
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: `Share “${name}”` })
  await expect(dialog.getByRole('combobox', { name: 'Add people' })).toBeVisible()
  return dialog
}

const share = (author: Client, id: string, right: 'view' | 'edit', onto: number) =>
  author.call('PUT /api/notebooks/:id/shares', {
    params: { id },
    body: { with: ['p_demo-colleague'], right, expires: null, onto },
  })

test('named and pressed: they have it at once, run it as themselves, and lose it when it is taken back', async ({
  person,
  client,
}) => {
  await (await client('Analyst')).notebook('ours', notebookOf(READ))
  const [author, colleague] = [await person('Analyst'), await person('Colleague')]
  await runAll(await openNotebook(author, 'ours'))
  await expect(frameOf(author, 'ours').getByText('ROWS:33')).toBeVisible()
  await expect(region(colleague)).toHaveCount(0)

  const dialog = await sharing(author, 'ours')
  await expect(dialog.getByRole('list', { name: 'Before you share it' })).toContainText(
    `${TABLE}: 1 of 2 other members see some of it masked or left out.`,
  )
  await expect(dialog.getByRole('list', { name: 'Literals' })).toContainText(`"${TABLE}"`)
  await expect(dialog.getByRole('radio', { name: 'May view' })).toBeChecked()
  await dialog.getByRole('combobox', { name: 'Add people' }).fill('colle')
  await dialog.getByRole('option', { name: 'Colleague', exact: true }).click()
  await dialog.getByRole('button', { name: 'Share notebook' }).click()
  await expect(dialog.getByRole('list', { name: 'Shared with' }).getByRole('listitem')).toContainText('Colleague')

  await region(colleague).getByRole('link', { name: 'ours', exact: true }).click()
  await expect(kernel(colleague)).toHaveText('ready', { timeout: START })
  await expect(readOnly(colleague)).toHaveText('Read-only')
  await expect(
    colleague.getByRole('status').filter({ hasText: 'Running as you: no result of the author is shown' }),
  ).toBeVisible()
  const seen = frameOf(colleague, 'ours').getByText('ROWS:4 ***')
  await expect(seen).toBeVisible({ timeout: START })
  await expect(frameOf(colleague, 'ours').getByText('ROWS:33')).toHaveCount(0)
  await expect(colleague.getByRole('button', { name: 'Share', exact: true })).toHaveCount(0)
  const reader = await client('Colleague')
  expect(await alive(reader)).toEqual(['run'])

  await dialog.getByRole('button', { name: 'Stop sharing' }).click()
  await expect(over(colleague)).toBeVisible({ timeout: DEADLINE })
  await expect(seen).toBeHidden()
  await expect.poll(() => alive(reader), { timeout: DEADLINE }).toEqual([])
  await expect(dialog.getByRole('list', { name: 'Shared with' })).toContainText('Nobody')
  await colleague.getByRole('button', { name: 'Start again' }).click()
  await expect(colleague.getByText('There is nothing here, or not for you.')).toBeVisible()
  await colleague.getByRole('button', { name: 'To the notebooks' }).click()
  await expect(region(colleague)).toHaveCount(0)
  await expect(link(colleague, 'ours')).toHaveCount(0)
})

test('by keys, with everybody, to edit, until a day; what is changed in the list is in force', async ({ person, client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.notebook('ours', notebookOf('1 + 1'))
  const author = await person('Analyst')
  await openNotebook(author, 'ours')
  const dialog = await sharing(author, 'ours')
  const box = dialog.getByRole('combobox', { name: 'Add people' })
  await box.focus()
  await expect(dialog.getByRole('option')).toHaveText(['Owner', 'Colleague', 'Auditor', 'The whole workspace'])
  await author.keyboard.press('Escape')
  await expect(dialog.getByRole('option')).toHaveCount(0)
  await expect(dialog).toBeVisible()
  await author.keyboard.type('whole')
  await author.keyboard.press('Enter')
  await expect(dialog.getByRole('list', { name: 'To share it with' })).toHaveText('The whole workspace')
  await dialog.getByRole('radio', { name: 'May edit' }).check()
  await dialog.getByLabel('Last day').fill('2040-02-28')
  await dialog.getByRole('button', { name: 'Share notebook' }).click()
  const given = dialog.getByRole('list', { name: 'Shared with' })
  await expect(given).toContainText('until 28 Feb 2040')
  await author.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await dialog.getByRole('button', { name: 'Copy the link' }).click()
  await expect(dialog.getByText('Copied')).toBeVisible()
  expect(await author.evaluate(() => navigator.clipboard.readText())).toBe(new URL(`/n/${id}`, author.url()).href)
  const colleague = await client('Colleague')
  expect(await colleague.find('ours')).toMatchObject({ rights: 'edit', named: false })
  await given.getByRole('combobox', { name: 'What The whole workspace may do' }).selectOption('May view')
  await expect.poll(async () => (await colleague.find('ours')).rights).toBe('view')
  const { shares } = await analyst.call('GET /api/notebooks/:id/shares', { params: { id } })
  expect(shares).toMatchObject([{ person: null, right: 'view', expires: expect.any(Number) }])
  await dialog.getByLabel('Last day').fill('2020-01-01')
  await box.fill('colleague')
  await author.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Share notebook' }).click()
  await expect(dialog.getByRole('alert')).toContainText('The last day is over already.')
})

test('who may only read from now on goes on reading, and what was written last is their draft', async ({ person, client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.notebook('ours', notebookOf('1 + 1'))
  await share(analyst, id, 'edit', 0)
  await (await client('Colleague')).call('PUT /api/preferences', { body: BY_HAND })
  const colleague = await person('Colleague')
  const frame = await openNotebook(colleague, 'ours')
  await expect(colleague.getByText('Editing', { exact: true })).toBeVisible()
  await type(colleague, frame, 0, '# the last words')
  await share(analyst, id, 'view', 1)
  await expect(readOnly(colleague)).toBeVisible({ timeout: START })
  const told = colleague.getByRole('status').filter({ hasText: 'shared with you to read now, no longer to edit' })
  await expect(told).toBeVisible()
  const reader = await client('Colleague')
  expect(await analyst.source(id)).not.toContain('# the last words')
  const drafts = await reader.call('GET /api/notebooks/:id/drafts', { params: { id } })
  const texts = await Promise.all(
    drafts.map((draft) => reader.call('GET /api/notebooks/:id/versions/:version', { params: { id, version: draft.id } })),
  )
  expect(texts.map(({ source }) => source).join()).toContain('# the last words')
  await expect.poll(async () => (await analyst.call('GET /api/notebooks/:id', { params: { id } })).editor).toBeNull()
  await expect.poll(() => alive(reader)).toEqual(['run'])
})
