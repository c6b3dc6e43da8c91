// The main job: edit, run, and everything that depends on it follows.
import { cells, edit, expect, notebookOf, openNotebook, output, runAll, settled, test } from './fixtures.ts'

test('opening for edit runs nothing; running runs everything; a changed cell re-runs what depends on it', async ({
  person,
  client,
}) => {
  await (await client('Analyst')).notebook('chain', notebookOf('a = 2', 'b = a * 10', "f'b is {b}'", "'apart'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'chain')
  await expect(cells(frame)).toHaveCount(4)
  await expect(frame.locator('.marimo-cell.needs-run')).toHaveCount(4)

  await runAll(frame)
  await expect(output(frame, 2)).toContainText('b is 20')
  await edit(page, frame, 0, 'a = 7')
  await expect(output(frame, 2)).toContainText('b is 70')
})

test('a cell can be added, run and removed again', async ({ person, client }) => {
  await (await client('Analyst')).notebook('grow', notebookOf('a = 1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'grow')
  await cells(frame).first().hover()
  await cells(frame).first().getByTestId('create-cell-button').last().click()
  await expect(cells(frame)).toHaveCount(2)
  await edit(page, frame, 1, 'a + 41')
  await expect(output(frame, 1)).toContainText('42')
  await cells(frame).nth(1).hover()
  await cells(frame).nth(1).getByTestId('delete-button').click()
  await expect(cells(frame)).toHaveCount(1)
})

test('a deleted definition is an error where it was used, never a stale value', async ({ person, client }) => {
  await (await client('Analyst')).notebook('stale', notebookOf('a = 5', 'a + 1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'stale')
  await runAll(frame)
  await expect(output(frame, 1)).toContainText('6')
  await edit(page, frame, 0, 'c = 5')
  await expect(output(frame, 1)).toContainText(/NameError|not defined/)
  await expect(output(frame, 1)).not.toContainText('6')
})

test('a slider moves what depends on it', async ({ person }) => {
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'welcome')
  await runAll(frame)
  await expect(output(frame, 3)).toContainText('7 petals')
  await frame.getByRole('slider').first().focus()
  for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowRight')
  await expect(output(frame, 3)).toContainText('11 petals')
  await settled(frame)
})
