import { expect, frameOf, inside, kernel, link, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const iframe = (page: Page, name: string) => page.locator(`iframe[title="Notebook ${name}"]`)
const EXPIRED = 8_000 // ms: a browser takes a hand's doing for the page's for five seconds

test('an editor’s page may copy and fill the screen, a reader’s may neither', async ({ person }) => {
  const editor = await person('Analyst')
  await openNotebook(editor, 'welcome')
  await expect(iframe(editor, 'welcome')).toHaveAttribute('allow', 'clipboard-write; fullscreen')
  const reader = await person('Colleague')
  await link(reader, 'welcome').click()
  await expect(frameOf(reader, 'welcome').getByText('The flower has 7 petals')).toBeVisible({ timeout: 60_000 })
  await expect(iframe(reader, 'welcome')).toHaveAttribute('allow', '')
  const tried = await (await inside(reader, 'welcome')).evaluate(async () => ({
    copy: await navigator.clipboard.writeText('taken').then(
      () => 'copied',
      (error: Error) => error.name,
    ),
    screen: await document.documentElement.requestFullscreen().then(
      () => 'filled',
      (error: Error) => error.name,
    ),
  }))
  expect(tried).toEqual({ copy: 'NotAllowedError', screen: 'TypeError' })
})

test('a page that wants to lead elsewhere is heard only after a hand’s doing', async ({ person, client }) => {
  await (await client('Analyst')).notebook('leads away', notebookOf('1'))
  const page = await person('Analyst')
  await openNotebook(page, 'leads away')
  const frame = await inside(page, 'leads away')
  const fired = page.waitForEvent('console', { predicate: (said) => said.text() === 'fired' })
  await frame.evaluate((after) => {
    setTimeout(() => {
      window.open('https://first.example/')
      const heard = () => fetch('/health') // by the shell, which takes what is said in turn
      void heard().then(() => setTimeout(() => void heard().then(() => console.log('fired')), 1000)) // it looks for the hand behind it for less
    }, after)
  }, EXPIRED)
  await fired
  await frame.evaluate(() => void window.open('https://second.example/')) // the driver's hand counts as a person's
  await expect(page.getByRole('dialog')).toContainText('https://second.example/')
})

test('a notebook that asks for a restart asks a person', async ({ person, client }) => {
  await (await client('Analyst')).notebook('asks', notebookOf('import os', 'os.urandom(8).hex()'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'asks')
  await runAll(frame)
  const before = (await output(frame, 1).textContent()) ?? ''
  const ask = async () =>
    (await inside(page, 'asks')).evaluate(() => void fetch('/api/kernel/restart_session', { method: 'POST' }))
  await ask()
  await page.getByRole('dialog', { name: 'Restart the kernel?' }).getByRole('button', { name: 'Cancel' }).click()
  await expect(output(frame, 1)).toHaveText(before)
  await ask()
  await page.getByRole('dialog').getByRole('button', { name: 'Restart the kernel' }).click()
  await expect(frameOf(page, 'asks').locator('.marimo-cell.needs-run')).toHaveCount(2, { timeout: 60_000 })
  await expect(kernel(page)).toHaveText('ready')
})
