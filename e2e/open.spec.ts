// From the click to the notebook, and what stays of it: the skeleton, the named steps, frames that live on, Back.
import {
  cells,
  edit,
  expect,
  frameOf,
  kernel,
  link,
  notebookOf,
  openNotebook,
  output,
  type Page,
  runAll,
  test,
} from './fixtures.ts'

const SKELETON = 300 // ms from the click
const STEPS = [
  'Asking the server',
  'Waiting for a place',
  'Building your sandbox',
  'Starting Python',
  'Loading the notebook',
  'Drawing it',
]
const start = (page: Page) => page.getByRole('list', { name: 'Start' })
const iframe = (page: Page, name: string) => page.locator(`iframe[title="Notebook ${name}"]`)

type Watched = { clicked: number; shown: number; steps: string[] }

/** Notes in the page itself when the click came, when the skeleton stood, and every step that was marked as the current one. */
async function watchStart(page: Page): Promise<() => Promise<Watched>> {
  const notes = await page.evaluateHandle(() => {
    const seen: Watched = { clicked: 0, shown: 0, steps: [] }
    window.addEventListener('click', () => (seen.clicked ||= performance.now()), { capture: true })
    const look = () => {
      const step = document.querySelector('ol[aria-label="Start"] [aria-current="step"]')?.textContent?.trim()
      if (step === undefined) return
      if (document.querySelector('.start-steps .skeleton')) seen.shown ||= performance.now()
      if (seen.steps.at(-1) !== step) seen.steps.push(step)
    }
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['aria-current'],
    })
    return seen
  })
  return () => notes.jsonValue()
}

test('a click shows the skeleton at once, and the steps come in their order', async ({ person, client, stack }) => {
  await (await client('Analyst')).notebook('stepped', notebookOf("'a'"))
  const page = await person('Analyst')
  const watched = await watchStart(page)
  const zygote = stack.zygote()
  process.kill(zygote, 'SIGSTOP')
  try {
    await link(page, 'stepped').click()
    await expect(start(page).locator('[aria-current="step"]')).toHaveText(/Building your sandbox|Starting Python/)
    await expect(page.locator('.start-card')).toContainText(/busy/, { timeout: 30_000 }) // after 20 s: what may be the cause
  } finally {
    process.kill(zygote, 'SIGCONT')
  }
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect(start(page)).toHaveCount(0, { timeout: 30_000 })
  await expect(cells(frameOf(page, 'stepped'))).toHaveCount(1, { timeout: 1 }) // lifted over a drawn notebook
  const { clicked, shown, steps } = await watched()
  expect(shown - clicked).toBeLessThan(SKELETON)
  expect(steps[0]).toBe('Asking the server')
  expect(steps.at(-1)).toBe('Drawing it')
  expect(steps).toEqual(STEPS.filter((step) => steps.includes(step)))
})

test('a server that does not answer: the skeleton stands all the same, and says what it waits for', async ({
  person,
  client,
  stack,
}) => {
  await (await client('Analyst')).notebook('unanswered', notebookOf("'a'"))
  const page = await person('Analyst')
  const watched = await watchStart(page)
  const gateway = stack.pid('gateway')
  process.kill(gateway, 'SIGSTOP')
  try {
    await link(page, 'unanswered').click()
    await expect(start(page).locator('[aria-current="step"]')).toHaveText('Asking the server')
    const { clicked, shown } = await watched()
    expect(shown - clicked).toBeLessThan(SKELETON)
  } finally {
    process.kill(gateway, 'SIGCONT')
  }
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
})

test('notebooks stay alive behind each other: the same page, not another one', async ({ person, client }) => {
  const mine = await client('Analyst')
  for (const name of ['kept one', 'kept two']) await mine.notebook(name, notebookOf(`'${name}'`))
  const page = await person('Analyst')
  const marks = async (name: string) => ({
    mark: await frameOf(page, name)
      .locator('body')
      .evaluate(() => (window as { mark?: string }).mark),
    address: await iframe(page, name).getAttribute('src'),
  })
  const opened: Record<string, unknown> = {}
  for (const name of ['kept one', 'kept two']) {
    const frame = await openNotebook(page, name)
    await frame.locator('body').evaluate((_, mark) => Object.assign(window, { mark }), name)
    opened[name] = await marks(name)
    await page.goBack()
  }
  for (const name of ['kept one', 'kept two', 'kept one']) {
    await page.getByRole('tab', { name }).click()
    await expect(iframe(page, name)).toBeVisible()
    await expect(page.locator('iframe[title]:not([aria-hidden])')).toHaveCount(1)
    expect(await marks(name)).toEqual(opened[name])
  }
})

test('the fifth notebook lets the oldest sleep; it comes back with its variables', async ({ person, client }) => {
  test.setTimeout(240_000)
  const mine = await client('Analyst')
  const names = ['nap 1', 'nap 2', 'nap 3', 'nap 4', 'nap 5']
  for (const name of names) await mine.notebook(name, notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'nap 1')
  await runAll(frame)
  const token = (await output(frame, 2).textContent())?.match(/[0-9a-f]{8}/)?.[0] ?? ''
  expect(token).not.toBe('')
  for (const name of names.slice(1)) {
    await page.goBack()
    await openNotebook(page, name)
  }
  await expect(iframe(page, 'nap 1')).toHaveCount(0)
  await expect(page.locator('iframe[title]')).toHaveCount(4)
  await page.getByRole('tab', { name: 'nap 1' }).click()
  await expect(output(frameOf(page, 'nap 1'), 2)).toContainText(token, { timeout: 60_000 })
  await expect(iframe(page, 'nap 2')).toHaveCount(0)
  await edit(page, frameOf(page, 'nap 1'), 2, "f'again {token}'")
  await expect(output(frameOf(page, 'nap 1'), 2)).toContainText(`again ${token}`)
})

test('tabs are closed by the cross, the middle button and Delete; the right neighbour comes to the front', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const names = ['shut 1', 'shut 2', 'shut 3', 'shut 4']
  for (const name of names) await mine.notebook(name, notebookOf("'a'"))
  const page = await person('Analyst')
  const tab = (name: string) => page.getByRole('tab', { name })
  const inFront = () => page.getByRole('tab', { selected: true })
  for (const name of names) {
    await openNotebook(page, name)
    await page.goBack()
  }
  await tab('shut 1').click()
  await tab('shut 1').locator('.tab-close').click()
  await expect(inFront()).toHaveText('shut 2')
  await tab('shut 2').click({ button: 'middle' })
  await expect(inFront()).toHaveText('shut 3')
  await tab('shut 3').focus()
  await page.keyboard.press('Delete')
  await expect(inFront()).toHaveText('shut 4')
  await expect(tab('shut 4')).toBeFocused()
  await page.keyboard.press('Delete')
  await expect(page.getByRole('tab')).toHaveCount(0)
  await expect(link(page, 'shut 1')).toBeVisible()
  await expect(page.locator('iframe[title]')).toHaveCount(0)
})

const STEPPING = notebookOf(
  'import marimo as mo\nmo.md("[down there](#the-end)\\n\\n" + "text\\n\\n" * 60 + "# The end")',
  "mo.query_params().set('chosen', 'a')\nmo.query_params()['chosen']",
)

test('Back leads to the list, whatever the notebook did to its own address', async ({ person, client }) => {
  await (await client('Analyst')).notebook('stepping', STEPPING)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'stepping')
  await runAll(frame)
  await expect(output(frame, 1)).toContainText('a')
  await frame.getByRole('link', { name: 'down there' }).click()
  await expect(frame.getByRole('heading', { name: 'The end' })).toBeInViewport()
  await frame.locator('body').evaluate(() => history.pushState(null, '', '?by=script'))
  await page.goBack()
  await expect(link(page, 'stepping')).toBeVisible()
  await page.goForward()
  await expect(kernel(page)).toHaveText('ready')
  await expect(output(frame, 1)).toContainText('a')
})
