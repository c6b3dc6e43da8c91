// What a reader's page says when a right goes while they look: the share runs out, a grant of a table is taken away, they sign out.
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { expect, frameOf, kernel, link, notebookOf, test } from './fixtures.ts'
import { everybody, grant, share } from './revoked.ts'
import { until } from './stack.ts'

const START = 60_000
const DEADLINE = 2000 // ms
const SOON = 3000 // ms until a share runs out
const TABLE = 'planes'
const NEEDS = notebookOf(
  `from scrydon import tables\n"ROWS:" + str(len(tables.read("airlines")))`,
  `planes = tables.read("${TABLE}")\n"PLANES:" + str(len(planes))`,
  '"AFTER:" + str(len(planes))',
)

const region = (page: Page) => page.getByRole('region', { name: 'Shared with me' })
const phases = async (reader: Client, ids: readonly string[]) =>
  (await reader.call('GET /api/kernels')).filter(({ notebook }) => ids.includes(notebook)).map(({ phase }) => phase)

/** The reader's own view of what is shared with them, once it shows `text`. */
async function looks(page: Page, name: string, text: string): Promise<void> {
  await region(page).getByRole('link', { name, exact: true }).click()
  await expect(kernel(page)).toHaveText('ready', { timeout: START })
  await expect(frameOf(page, name).getByText(text)).toBeVisible({ timeout: START })
}

test('a share that runs out: the page says so at its moment, hides what it showed, and lets nobody back in', async ({
  person,
  client,
}) => {
  const [author, reader] = [await client('Analyst'), await client('Colleague')]
  const { id } = await author.notebook('for a while', notebookOf('"SHOWN:" + str(6 * 7)'))
  await share(author, id, null)
  const page = await person('Colleague')
  await looks(page, 'for a while', 'SHOWN:42')
  const over = Date.now() + SOON
  await share(author, id, over)
  await expect(page.getByText('This notebook is no longer shared with you.')).toBeVisible({ timeout: SOON + DEADLINE })
  expect(Date.now()).toBeGreaterThanOrEqual(over)
  await expect(frameOf(page, 'for a while').getByText('SHOWN:42')).toBeHidden()
  await expect.poll(() => phases(reader, [id])).toMatchObject([{ phase: 'exited', cause: 'revoked' }])
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(page.getByText('There is nothing here, or not for you.')).toBeVisible()
  await page.reload()
  await expect(page.getByText('There is nothing here, or not for you.')).toBeVisible()
  await page.goBack()
  await expect(region(page)).toHaveCount(0)
  await expect(link(page, 'for a while')).toHaveCount(0)
})

test.describe('a grant of a table', () => {
  test.afterEach(async ({ again }) => grant(await again('Owner'), TABLE, everybody()))

  test('taken away while a reader looks: the view ends and says why; started again that cell is denied, the rest runs', async ({
    person,
    client,
  }) => {
    const author = await client('Analyst')
    const { id } = await author.notebook('needs planes', NEEDS)
    await share(author, id, null)
    const page = await person('Colleague')
    await looks(page, 'needs planes', 'AFTER:3322')
    await grant(await client('Owner'), TABLE, [])
    const cover = page.getByRole('alert').filter({ hasText: 'The kernel has ended' })
    await expect(cover).toContainText('it held data that you may not see any more', { timeout: DEADLINE })
    const frame = frameOf(page, 'needs planes')
    await expect(frame.getByText('PLANES:3322')).toBeHidden()

    await cover.getByRole('button', { name: 'Start again' }).click()
    await expect(kernel(page)).toHaveText('ready', { timeout: START })
    await expect(frame.getByText('ROWS:16')).toBeVisible({ timeout: START })
    await page.getByRole('button', { name: 'What you see' }).click()
    const refused = page.getByRole('complementary', { name: 'What you see' }).getByRole('list', { name: 'Refused' })
    await expect(refused.getByRole('button', { name: `Ask the owner for ${TABLE}` })).toBeVisible()
    await expect(frame.getByText(`You may not read “${TABLE}”`).first()).toBeVisible()
    for (const denied of ['PLANES:3322', 'AFTER:3322']) await expect(frame.getByText(denied)).toHaveCount(0)
  })
})

test('signing out in one tab ends every view and kernel of the sign-in, shared ones too, and nothing is minted anew', async ({
  person,
  client,
  stack,
}) => {
  const author = await client('Analyst')
  const ids: string[] = []
  for (const name of ['first', 'second']) ids.push((await author.notebook(name, notebookOf(`"SHOWN:${name}"`))).id)
  for (const id of ids) await share(author, id, null)
  const one = await person('Colleague')
  const context = one.context()
  const two = await context.newPage()
  await two.goto(stack.origin)
  await looks(one, 'first', 'SHOWN:first')
  await looks(two, 'second', 'SHOWN:second')
  const third = await context.newPage()
  await third.goto(stack.origin)
  await expect(region(third)).toBeVisible()
  const cookies = await context.cookies()

  await third.getByRole('button', { name: 'Signed in as Colleague' }).click()
  await third.getByRole('menuitem', { name: 'Sign out' }).click()
  for (const page of [one, two, third]) {
    await expect(page.getByRole('button', { name: 'Continue as Colleague' })).toBeVisible()
    await expect(page.locator('iframe')).toHaveCount(0)
  }
  const again = await client('Colleague')
  await until('every kernel has ended', DEADLINE, async () =>
    (await phases(again, ids)).every((phase) => phase.phase === 'exited' && phase.cause === 'signed-out'),
  )
  expect(await phases(again, ids)).toHaveLength(2)
  await context.addCookies(cookies) // as they were before
  const minted = await one.evaluate(() =>
    fetch('/api/bearer', { method: 'POST', headers: { 'x-scrydon': '1', 'content-type': 'application/json' }, body: '{}' }).then(
      ({ status }) => status,
    ),
  )
  expect(minted).toBe(401)
})
