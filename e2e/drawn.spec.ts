// What the other specs stand on: a press reaches what has just come to lie where a notebook's frame was.
import { expect, notebookOf, openNotebook, test } from './fixtures.ts'

const CELLS = Array.from({ length: 12 }, (_, at) => `x${at} = ${at}\n# ${'text '.repeat(60)}`) // it takes its time to draw
const TIMES = 20 // about one press in six was the frame's before presses waited

test('a panel that has just opened gets the presses, every time', async ({ person, client }) => {
  await (await client('Analyst')).notebook('drawn', notebookOf(...CELLS))
  const page = await person('Analyst')
  await openNotebook(page, 'drawn')
  const panel = page.getByRole('complementary', { name: 'Files' })
  for (let time = 1; time <= TIMES; time += 1) {
    await page.getByRole('toolbar', { name: 'Panels' }).getByRole('button', { name: 'Files' }).click()
    await panel.getByRole('button', { name: 'Close Files' }).click()
    await expect(panel, `closed by press ${time}`).toBeHidden()
  }
})
