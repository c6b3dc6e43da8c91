// The trojan's other half: what an author's scripts try in the page of whoever reads it. Nothing of it leaves the page, changes
// anything of the reader's or of the notebook, or is found by the author, who comes after them in the same browser.
import { FUNCTIONS, ROUTES } from '#protocol/marimo.ts'
import { type Canary, startCanary } from './canary.ts'
import type { Client } from './client.ts'
import { expect, inside, kernel, link, notebookOf, openNotebook, type Page, signIn, test } from './fixtures.ts'
import { attack, FORGE, widget } from './hostile.ts'

let canary: Canary
test.beforeEach(async () => {
  canary = await startCanary()
})
test.afterEach(() => canary.stop())

const iframe = (page: Page) => page.locator('iframe[title="Notebook a gift"]')

/** The notebook, shared with the analyst, in the analyst's page. */
async function read(page: Page, author: Client, source: string) {
  const { id } = await author.notebook('a gift', source)
  const body = { with: ['p_demo-analyst'], right: 'view', expires: null, onto: 0 }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  await link(page, 'a gift').click()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect(page.getByRole('status').filter({ hasText: 'Read-only' })).toBeVisible()
  return { id, frame: page.frameLocator('iframe[title="Notebook a gift"]') }
}

/** What a page has done to the world outside of it. */
function watched(page: Page) {
  const files: string[] = []
  page.on('download', (download) => files.push(download.suggestedFilename()))
  return { files, tabs: () => page.context().pages().length, origin: () => new URL(page.url()).origin }
}

test('in the reader’s page: none of the ways out leads out', async ({ person, client, stack }) => {
  test.slow()
  const author = await client('Colleague')
  const page = await person('Analyst')
  const { files, tabs, origin } = watched(page)
  const { frame } = await read(page, author, notebookOf(attack(canary, stack.origin)))
  const report = frame.locator('pre.attack')
  await expect(report).toBeAttached({ timeout: 60_000 })
  const results: Record<string, string> = JSON.parse((await report.textContent()) ?? '')
  expect(Object.keys(results).length).toBeGreaterThan(55)
  for (const [attempt, result] of Object.entries(results)) expect.soft(result, attempt).toMatch(/^(refused|silence)/)
  expect([files, tabs(), origin()]).toEqual([[], 1, stack.origin])
  await expect(iframe(page)).toHaveCount(1)
  await page.close() // what waits for the end of the page goes now
  expect([canary.heard, canary.connections()]).toEqual([[], 0])
})

const BODIES: Readonly<Record<string, object>> = {
  'POST /api/kernel/save': {
    cellIds: ['Hbol'],
    codes: ['stolen'],
    names: ['_'],
    configs: [{}],
    filename: 'x.py',
    layout: null,
    persist: true,
  },
  'POST /api/kernel/run': { cellIds: ['Hbol'], codes: ['stolen'] },
  'POST /api/kernel/rename': { filename: '/tmp/stolen.py' },
}
/** Each of marimo's routes in both methods, and calls of the shell's own; but the one that runs all of it anew. */
const ASKED = [
  ...Object.keys(ROUTES),
  'GET /api/notebooks',
  'POST /api/bearer',
  'GET /mux',
  'GET /api/audit',
  'POST /api/sign-out',
]
  .map((name) => name.replace(/\{[^}]*\}/g, 'x'))
  .flatMap((name) => ['GET', 'POST'].map((method) => `${method} ${name.split(' ')[1]}`))
  .filter((name, at, all) => all.indexOf(name) === at && name !== 'POST /api/kernel/instantiate')
const PASSES = (name: string) => ROUTES[name]?.run === 'pass'

test('in the reader’s page: whatever the scripts say to the shell, by its own port too, changes nothing', async ({
  person,
  client,
  stack,
}) => {
  test.slow()
  const [author, reader, owner] = [await client('Colleague'), await client('Analyst'), await client('Owner')]
  const page = await person('Analyst')
  const { files, tabs, origin } = watched(page)
  const words = {
    CANARY: canary.origin,
    EXPIRED: '6000', // ms: a browser takes a hand's doing for the page's for five seconds
    ROUTES: JSON.stringify(ASKED.map((name) => [name, BODIES[name] ?? {}])),
    NAMES: JSON.stringify([...Object.keys(FUNCTIONS), 'made up', '__proto__']),
  }
  const source = notebookOf(widget(FORGE, words))
  const { id, frame } = await read(page, author, source)
  const before = await iframe(page).getAttribute('src')
  const kernels = async () => (await reader.call('GET /api/kernels')).map((one) => [one.kernel, one.phase.phase])
  const running = await kernels()
  const report = frame.locator('pre.forge')
  await expect(report).toBeAttached({ timeout: 60_000 })
  const said = JSON.parse((await report.textContent()) ?? '')
  console.log(JSON.stringify(said))
})
