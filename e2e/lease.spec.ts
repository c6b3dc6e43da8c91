// The editing lease goes from one person to another: nothing that was written is lost, and what is said is what happened.
import type { BrowserContext } from '@playwright/test'
import type { Client } from './client.ts'
import { BY_HAND, expect, frameOf, kernel, link, notebookOf, openNotebook, type Page, test, type } from './fixtures.ts'

const SAVED = 'Everything you wrote was saved.'
const DRAFT = 'What you had not saved is kept as your draft.'
const save = (page: Page) => page.getByRole('status', { name: 'Save' })
const lostBy = (page: Page) => page.getByRole('status').filter({ hasText: 'Colleague is editing now' })
const asked = (page: Page) => page.getByRole('alertdialog')

async function draftsOf(client: Client, id: string): Promise<string[]> {
  const drafts = await client.call('GET /api/notebooks/:id/drafts', { params: { id } })
  const read = drafts.map((draft) =>
    client.call('GET /api/notebooks/:id/versions/:version', { params: { id, version: draft.id } }),
  )
  return (await Promise.all(read)).map(({ source }) => source)
}

/** A second person who reads what the first one edits. */
async function reads(page: Page, name: string, editor: string): Promise<void> {
  await link(page, name).click()
  await expect(page.getByText(`${editor} is editing`, { exact: false })).toBeVisible({ timeout: 60_000 })
}

test('asked, the editor who types on beyond the 15 seconds finds what was typed last as a draft', async ({ person, client }) => {
  const owner = await client('Owner')
  const { id } = await owner.find('sql_cells')
  await (await client('Analyst')).call('PUT /api/preferences', { body: BY_HAND })
  const editor = await person('Analyst')
  const frame = await openNotebook(editor, 'sql_cells')
  const asker = await person('Colleague')
  await reads(asker, 'sql_cells', 'Analyst')
  await type(editor, frame, 1, '# typed')
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(asked(editor)).toBeVisible() // and takes no focus: what is typed goes on into the cell
  const source = await editor.locator('iframe[title="Notebook sql_cells"]').getAttribute('src')
  const page = editor.locator(`iframe[src="${source}"]`)
  const before = Date.now()
  let last = 0 // typed, and the page still in front afterwards
  for (let next = 1; ; next += 1) {
    await editor.keyboard.insertText(` ${next}`)
    if (!(await page.isVisible())) break
    last = next
    expect(Date.now() - before, 'the lease is lost within 25 seconds').toBeLessThan(25_000)
  }
  await expect(lostBy(editor)).toContainText(DRAFT)
  expect((await draftsOf(await client('Analyst'), id))[0]).toContain(` ${last}`)
  await editor.getByRole('button', { name: 'Show the draft' }).click()
  await expect(editor.getByText('Your drafts')).toBeVisible()
  await editor.getByRole('button', { name: 'View', exact: true }).first().click()
  await expect(editor.getByRole('dialog')).toContainText('# typed 1 2 3')
})

test('given at once, what was typed the moment before is saved, and said to be', async ({ person, client }) => {
  const owner = await client('Owner')
  const { id } = await owner.find('flight_delays')
  const editor = await person('Analyst')
  const frame = await openNotebook(editor, 'flight_delays')
  const asker = await person('Colleague')
  await reads(asker, 'flight_delays', 'Analyst')
  await expect(frameOf(asker, 'flight_delays').locator('marimo-table').first()).toBeAttached({ timeout: 60_000 })
  await expect(kernel(asker)).toHaveText('ready', { timeout: 60_000 }) // who computes beside a save may make it late
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(asked(editor)).toContainText('Colleague asks to edit')
  await type(editor, frame, 1, '# the last words')
  await editor.getByRole('button', { name: 'Give' }).click()
  await expect(lostBy(editor)).toContainText(SAVED)
  expect(await owner.source(id)).toContain('# the last words')
  expect(await draftsOf(await client('Analyst'), id)).toEqual([])
  await expect(asker.getByText('Editing', { exact: true })).toBeVisible({ timeout: 60_000 })
})

/** Everything of this browser goes through a line that can be cut. */
async function cuttable(context: BrowserContext): Promise<(cut: boolean) => Promise<void>> {
  let away = false
  const ends = new Set<() => Promise<void>>()
  await context.routeWebSocket(/\/mux$/, async (socket) => {
    if (away) return socket.close({ code: 4000 })
    const server = socket.connectToServer()
    ends.add(async () => {
      await socket.close({ code: 4000 })
      await server.close()
    })
  })
  await context.route('**/api/**', (route) => (away ? route.abort() : route.continue()))
  return async (cut) => {
    away = cut
    if (cut) await Promise.all([...ends].map((end) => end()))
    ends.clear()
  }
}

test('what is written without a connection, while somebody else takes over, is a draft when it is back', async ({
  person,
  client,
}) => {
  const { id } = await (await client('Owner')).find('model_evaluation')
  const page = await person('Analyst')
  const line = await cuttable(page.context())
  await page.reload()
  const frame = await openNotebook(page, 'model_evaluation')
  await line(true)
  await expect(page.getByText('No connection to the server.')).toBeVisible()
  await type(page, frame, 1, '# written without a connection')
  const other = await client('Colleague')
  await expect.poll(async () => (await other.find('model_evaluation')).editor, { timeout: 60_000 }).toBeNull()
  const tab = await other.tab()
  expect((await other.open(tab, id)).opened.mode).toBe('edit')

  await page.getByRole('button', { name: 'Retry now' }).click() // after it there is a try every moment
  await line(false)
  await expect(lostBy(page)).toContainText(DRAFT, { timeout: 60_000 })
  expect((await draftsOf(await client('Analyst'), id))[0]).toContain('# written without a connection')
  tab.close()
})

test('whoever is asked is asked wherever they look: behind another notebook, and in the list; declined is said', async ({
  person,
  client,
}) => {
  await (await client('Analyst')).notebook('in front', notebookOf('1'))
  const editor = await person('Analyst')
  await openNotebook(editor, 'widgets')
  await editor.goBack()
  const cell = (await openNotebook(editor, 'in front')).locator('.cm-content').first()
  const asker = await person('Colleague')
  await reads(asker, 'widgets', 'Analyst')
  await cell.click()
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(asked(editor)).toContainText('“widgets”')
  await expect(cell).toBeFocused()
  await editor.keyboard.press('F6') // answered by keys, and back to where one was
  await expect(asked(editor)).toBeFocused()
  for (const name of ['Give', 'Keep editing']) {
    await editor.keyboard.press('Tab')
    await expect(asked(editor).getByRole('button', { name })).toBeFocused()
  }
  await editor.keyboard.press('Enter')
  await expect(asked(editor)).toHaveCount(0)
  await expect(cell).toBeFocused()
  await expect(asker.getByText('Your request was declined.', { exact: false })).toBeVisible()

  await editor.goBack()
  await expect(link(editor, 'widgets')).toBeVisible()
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(asked(editor)).toContainText('“widgets”')
  await editor.getByRole('button', { name: 'Give' }).click()
  await expect(asker.getByText('Editing', { exact: true })).toBeVisible({ timeout: 60_000 })
})

test('a tab that another one of the same person took over stays as it is when the lease goes', async ({ person }) => {
  const first = await person('Analyst')
  await openNotebook(first, 'anywidget_counter')
  const second = await first.context().newPage()
  await second.goto(first.url())
  await expect(kernel(second)).toHaveText('ready', { timeout: 60_000 })
  await expect(first.getByText('Opened in another tab')).toBeVisible()
  const asker = await person('Colleague')
  await reads(asker, 'anywidget_counter', 'Analyst')
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await second.getByRole('button', { name: 'Give' }).click()
  await expect(lostBy(second)).toBeVisible({ timeout: 60_000 })
  await expect(kernel(second)).toHaveText('ready', { timeout: 60_000 })
  await expect(first.getByText('Opened in another tab')).toBeVisible()
  await expect(frameOf(first, 'anywidget_counter').locator('body')).toHaveCount(0)
})

test('a reader hears of a newer version and loads it; the saves of the editor are not shown as the reader’s', async ({
  person,
}) => {
  const editor = await person('Analyst')
  const frame = await openNotebook(editor, 'feature_sketch')
  const reader = await person('Colleague')
  await reads(reader, 'feature_sketch', 'Analyst')
  await expect(kernel(reader)).toHaveText('ready', { timeout: 60_000 })
  await expect(reader.getByText('A newer version has been saved.', { exact: false })).toHaveCount(0)
  await type(editor, frame, 1, '# newer')
  await editor.keyboard.press('Control+s')
  await expect(reader.getByText('A newer version has been saved.', { exact: false })).toBeVisible()
  await expect(save(reader)).toHaveText('')
  await reader.getByRole('button', { name: 'Load it' }).click()
  await expect(reader.getByRole('region', { name: 'Source' })).toContainText('# newer', { timeout: 60_000 })
  await expect(reader.getByText('A newer version has been saved.', { exact: false })).toHaveCount(0)
})
