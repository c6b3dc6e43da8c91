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
  await expect(report).toBeAttached({ timeout: 150_000 })
  const results: Record<string, string> = JSON.parse((await report.textContent()) ?? '')
  expect(Object.keys(results).length).toBeGreaterThan(55)
  for (const [attempt, result] of Object.entries(results)) expect.soft(result, attempt).toMatch(/^(refused|silence)/)
  expect([files, tabs(), origin()]).toEqual([[], 1, stack.origin])
  await expect(iframe(page)).toHaveCount(1)
  await page.close() // what waits for the end of the page goes now
  expect(canary.heard).toEqual([])
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
const passing = ASKED.filter((name) => ROUTES[name]?.run === 'pass' && name !== 'POST /api/kernel/function_call') // it is called below

const answered = (statuses: Record<string, number>) =>
  Object.entries(statuses)
    .filter(([, status]) => status !== 403)
    .map(([name]) => name)
    .sort()

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
  const forged = page.waitForEvent('console', { predicate: (line) => line.text() === 'forged', timeout: 90_000 })
  const { id, frame } = await read(page, author, source)
  const before = await iframe(page).getAttribute('src')
  const params = { id }
  const state = async () => ({
    kernels: (await reader.call('GET /api/kernels')).map((one) => [one.kernel, one.phase.phase]),
    preferences: (await reader.call('POST /api/bearer')).preferences,
    requests: await owner.call('GET /api/requests'),
    shares: (await author.call('GET /api/notebooks/:id/shares', { params })).shares,
    versions: await author.call('GET /api/notebooks/:id/versions', { params }),
    source: await author.source(id),
    drafts: await reader.call('GET /api/notebooks/:id/drafts', { params }),
  })
  const was = await state()
  await forged
  const said = JSON.parse((await frame.locator('pre.forge').textContent()) ?? '')
  expect(answered(said.routes)).toEqual(passing.toSorted())
  expect(Object.keys(said.routes)).toHaveLength(ASKED.length)
  expect(answered(said.functions)).toEqual(
    Object.keys(FUNCTIONS)
      .filter((name) => FUNCTIONS[name]?.run === 'pass')
      .sort(),
  )
  expect(new Set(Object.values(said.sockets))).toEqual(new Set(['socket-closed 1008']))
  expect([said.windows > 1, said.unasked, said.said]).toEqual([true, [], 200])
  await expect(page.getByRole('dialog').or(page.getByRole('alertdialog'))).toHaveCount(0)
  expect([files, tabs(), origin(), await iframe(page).getAttribute('src')]).toEqual([[], 1, stack.origin, before])
  expect(await state()).toEqual(was)

  // Pressed by the reader, it is heard, and no more than that: they are asked, or told why not.
  await frame.getByRole('button', { name: 'press' }).click()
  await Promise.all([
    expect(page.getByRole('dialog')).toContainText(canary.origin),
    expect(page.getByText(/you are reading this notebook/).first()).toBeVisible(), // for four seconds
  ])
  await expect(frame.getByText('pressed', { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  expect([files, tabs(), origin()]).toEqual([[], 1, stack.origin])
  expect(await state()).toEqual(was)
  expect(canary.heard).toEqual([])
})

type Browser = Window & typeof globalThis

/** Leaves something in every place where a browser keeps something for a page; names those that took it. */
async function leave(): Promise<string[]> {
  const inner = document.body.appendChild(document.createElement('iframe')).contentWindow as Browser // not the bridge's
  const site = location.hostname.split('.').slice(1).join('.')
  const kept: string[] = []
  const tried = async (name: string, work: () => unknown) => {
    await Promise.resolve()
      .then(work)
      .then(
        () => kept.push(name),
        () => undefined,
      )
  }
  await tried('cookie', () => {
    const cookie = 'left=1; Path=/; SameSite=None; Secure; Partitioned'
    const write = () => {
      // biome-ignore lint/suspicious/noDocumentCookie: as a hostile script would
      for (const domain of ['', `; Domain=${site}`]) document.cookie = `${cookie}${domain}`
    }
    write()
    setInterval(write, 20) // any frame that loads beside it empties the jar
  })
  await tried('localStorage', () => inner.localStorage.setItem('left', '1'))
  await tried('sessionStorage', () => inner.sessionStorage.setItem('left', '1'))
  await tried(
    'database',
    () =>
      new Promise((done, fail) => {
        Object.assign(inner.indexedDB.open('left'), { onsuccess: done, onerror: fail })
      }),
  )
  await tried('cache', () => caches.open('left').then((cache) => cache.put('/left', new Response('1'))))
  await tried('file', () => navigator.storage.getDirectory().then((folder) => folder.getFileHandle('left', { create: true })))
  await tried('service worker', () => navigator.serviceWorker.register('/left.js'))
  await tried('name', () => {
    window.name = 'left'
  })
  await tried('channel', () => {
    const channel = new BroadcastChannel('left')
    setInterval(() => channel.postMessage('left'), 20)
  })
  return kept
}

/** The places in which this page finds what was left. */
async function found(): Promise<string[]> {
  const inner = document.body.appendChild(document.createElement('iframe')).contentWindow as Browser
  const places: Record<string, () => unknown> = {
    cookie: () => document.cookie.includes('left'),
    localStorage: () => inner.localStorage.getItem('left') !== null,
    sessionStorage: () => inner.sessionStorage.getItem('left') !== null,
    database: async () => (await inner.indexedDB.databases()).some(({ name }) => name === 'left'),
    cache: () => caches.has('left'),
    file: async () => (await (await navigator.storage.getDirectory()).getFileHandle('left')) !== null,
    'service worker': async () => (await navigator.serviceWorker.getRegistrations()).length > 0,
    name: () => window.name === 'left',
    channel: () =>
      new Promise((done) => {
        new BroadcastChannel('left').onmessage = () => done(true)
        setTimeout(() => done(false), 1000)
      }),
  }
  const seen: string[] = []
  for (const [name, look] of Object.entries(places))
    await Promise.resolve()
      .then(look)
      .then(
        (is) => is === true && seen.push(name),
        () => undefined, // the browser keeps nothing of this kind for the page
      )
  return seen
}

test('in the reader’s page: nothing of it is left for who comes after them in the same browser', async ({
  person,
  client,
  stack,
}) => {
  const author = await client('Colleague')
  await author.notebook('looks', notebookOf('"here"'))
  const page = await person('Analyst')
  await read(page, author, notebookOf('"here"'))
  const frame = await inside(page, 'a gift')
  const kept = await frame.evaluate(leave)
  expect(kept).toEqual(expect.arrayContaining(['cookie', 'name', 'channel'])) // the rest as the browser's settings have it
  await expect.poll(() => frame.evaluate(found)).toEqual(kept)
  await page.getByRole('button', { name: /Analyst/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Continue as Colleague' })).toBeVisible()
  await signIn(page, stack.origin, 'Colleague')
  for (const name of ['looks', 'a gift']) {
    await openNotebook(page, name)
    expect(await (await inside(page, name)).evaluate(found)).toEqual([])
    await page.goBack()
  }
})
