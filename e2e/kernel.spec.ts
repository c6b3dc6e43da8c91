// The kernel menu, and what is said of a kernel's state.
import { cells, chooseKernel, edit, expect, kernel, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

test('interrupt stops a loop and keeps the variables', async ({ person, client }) => {
  await (await client('Analyst')).notebook('loop', notebookOf("kept = 'still here'", 'n = 0', 'kept'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'loop')
  await runAll(frame)
  await edit(page, frame, 1, 'while True:\n    pass')
  await expect(kernel(page)).toHaveText('running')
  await chooseKernel(page, 'Interrupt')
  await expect(kernel(page)).toHaveText('ready')
  await edit(page, frame, 2, "kept + '!'")
  await expect(output(frame, 2)).toContainText('still here!')
})

test('restart forgets the variables and keeps the source', async ({ person, client }) => {
  await (await client('Analyst')).notebook('again', notebookOf('import os', 'token = os.urandom(8).hex()\ntoken', '1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'again')
  await runAll(frame)
  await expect(output(frame, 1)).toContainText(/[0-9a-f]{16}/)
  const before = await output(frame, 1).textContent()
  await chooseKernel(page, 'Restart')
  await expect(frame.locator('.marimo-cell.needs-run')).toHaveCount(3, { timeout: 60_000 })
  await expect(kernel(page)).toHaveText('ready')
  await runAll(frame)
  await expect(output(frame, 1)).toContainText(/[0-9a-f]{16}/)
  expect(await output(frame, 1).textContent()).not.toBe(before)
  await expect(cells(frame)).toHaveCount(3)
})

test('shut down: the state is said, the page stays readable, start again is one click', async ({ person, client }) => {
  await (await client('Analyst')).notebook('end', notebookOf("'a result'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'end')
  await runAll(frame)
  await chooseKernel(page, 'Shut down')
  await expect(kernel(page)).toHaveText('stopped')
  await expect(output(frame, 0)).toContainText('a result')
  await expect(page.getByText('What you see is as it was', { exact: false })).toBeVisible()
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
})
