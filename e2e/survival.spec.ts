// kill -9 of each process, with a real kernel in a real browser.
import { edit, expect, kernel, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

const STATE = notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'", 'step = 0')

test('the gateway killed: the same kernel, its variables and outputs, no gap and no duplicate', async ({
  person,
  client,
  stack,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('gateway dies', STATE)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'gateway dies')
  await runAll(frame)
  const token = (await output(frame, 2).textContent())?.match(/[0-9a-f]{8}/)?.[0] ?? ''
  expect(token).not.toBe('')
  await edit(page, frame, 3, 'import time\nfor step in range(60):\n    print(f"<{step}>", flush=True)\n    time.sleep(0.1)')
  await expect(kernel(page)).toHaveText('running')
  await stack.kill('gateway')
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  const said = ((await frame.locator('.marimo-cell').nth(3).textContent()) ?? '').match(/<\d+>/g)
  expect(said).toEqual(Array.from({ length: 60 }, (_, n) => `<${n}>`))
  await edit(page, frame, 2, "f'after {token}'")
  await expect(output(frame, 2)).toContainText(`after ${token}`)
  await expect.poll(async () => (await client('Analyst')).source(id), { timeout: 30_000 }).toContain('after {token}')
})

test('the runner killed: kernels end, the page says the variables are gone, the source is intact, a restart works', async ({
  person,
  client,
  stack,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('runner dies', STATE)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'runner dies')
  await runAll(frame)
  const source = await mine.source(id)
  await stack.kill('runner')
  await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 30_000 })
  await expect(page.getByText(/variables are gone/)).toBeVisible()
  expect(await mine.source(id)).toBe(source)
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
})

test('the zygote killed: running kernels go on, the next open works', async ({ person, client, stack }) => {
  const mine = await client('Analyst')
  await mine.notebook('zygote dies', STATE)
  await mine.notebook('opened after', notebookOf("'fresh'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'zygote dies')
  await runAll(frame)
  process.kill(stack.zygote(), 'SIGKILL')
  await edit(page, frame, 2, "f'alive {token}'")
  await expect(output(frame, 2)).toContainText('alive')
  await page.goBack()
  const other = await openNotebook(page, 'opened after')
  await runAll(other)
  await expect(output(other, 0)).toContainText('fresh')
})

test('the kernel ends itself: said at once, with its cause, and the source is intact', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('exits', notebookOf("'before'", 'import os', '1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'exits')
  await runAll(frame)
  await edit(page, frame, 2, 'os._exit(1)')
  await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 10_000 })
  await expect.poll(() => mine.source(id)).toContain('os._exit(1)')
})
