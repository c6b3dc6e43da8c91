// Several notebooks in one tab of the browser, one notebook in several.
import { edit, expect, frameOf, kernel, link, notebookOf, openNotebook, output, runAll, settled, test } from './fixtures.ts'

const TOKEN = notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'")

test('the same notebook in a second tab moves there with its kernel; the first says so and takes it back', async ({
  person,
  client,
}) => {
  await (await client('Analyst')).notebook('moves', TOKEN)
  const first = await person('Analyst')
  const frame = await openNotebook(first, 'moves')
  await runAll(frame)
  await expect(output(frame, 2)).toContainText(/token [0-9a-f]{8}/)
  const token = (await output(frame, 2).textContent())?.trim() ?? ''

  const second = await first.context().newPage()
  await second.goto(first.url())
  await expect(kernel(second)).toHaveText('ready', { timeout: 60_000 })
  await expect(output(frameOf(second, 'moves'), 2)).toContainText(token, { timeout: 30_000 })
  await expect(first.getByText('Opened in another tab')).toBeVisible()

  await first.getByRole('button', { name: 'Take it back' }).click()
  await expect(output(frameOf(first, 'moves'), 2)).toContainText(token, { timeout: 60_000 })
  await expect(second.getByText('Opened in another tab')).toBeVisible()
})

test('two notebooks open in one window run side by side over one socket; only the active frame is exposed', async ({
  person,
  client,
  stack,
}) => {
  const mine = await client('Analyst')
  await mine.notebook('left', notebookOf("'from the left'"))
  await mine.notebook('right', notebookOf("'from the right'"))
  const page = await (await person('Analyst')).context().newPage()
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  await page.goto(stack.origin)
  await runAll(await openNotebook(page, 'left'))
  await page.goBack()
  await runAll(await openNotebook(page, 'right'))
  await expect(output(frameOf(page, 'right'), 0)).toContainText('from the right')
  await page.getByRole('tab', { name: 'left' }).click()
  await expect(output(frameOf(page, 'left'), 0)).toContainText('from the left')
  await expect(page.getByRole('document', { name: 'Notebook right' })).toHaveCount(0)
  expect(sockets.filter((url) => url.endsWith('/mux'))).toHaveLength(1)
  expect(sockets).toHaveLength(1)
})

test('Back from a notebook leads to the list, and forward finds it as it was', async ({ person, client }) => {
  await (await client('Analyst')).notebook('back', notebookOf('a = 1', 'a'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'back')
  await runAll(frame)
  await edit(page, frame, 0, 'a = 99')
  await settled(frame)
  await page.goBack()
  await expect(link(page, 'back')).toBeVisible()
  await page.goForward()
  await expect(output(frame, 1)).toContainText('99')
})
