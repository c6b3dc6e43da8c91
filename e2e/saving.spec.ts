// Nothing that was written is lost: saving, versions, reload, drafts.
import { edit, expect, kernel, notebookOf, openNotebook, output, runAll, test, type } from './fixtures.ts'

test('what is typed is saved by itself', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('autosave', notebookOf('a = 1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'autosave')
  await type(page, frame, 0, "typed = 'and kept'")
  await expect(page.getByRole('status', { name: 'Save' })).toHaveText(/Saved/)
  await expect.poll(() => mine.source(id)).toContain("typed = 'and kept'")
})

test('Ctrl+S saves; a named version can be looked at and restored', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('versions', notebookOf("text = 'first'"))
  await mine.call('POST /api/notebooks/:id/versions', { params: { id }, body: { name: 'the first one' } })
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'versions')
  await type(page, frame, 0, "text = 'second'")
  await page.keyboard.press('Control+s')
  await expect.poll(() => mine.source(id)).toContain('second')
  const versions = await mine.call('GET /api/notebooks/:id/versions', { params: { id } })
  const first = versions.find(({ name }) => name === 'the first one')
  expect(first).toBeDefined()
  await mine.call('POST /api/notebooks/:id/versions/:version/restore', { params: { id, version: first?.id ?? '' } })
  expect(await mine.source(id)).toContain('first')
})

test('reloading the page finds the kernel, its variables and its outputs again', async ({ person, client }) => {
  await (await client('Analyst')).notebook('reload', notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'reload')
  await runAll(frame)
  const before = await output(frame, 2).textContent()
  expect(before).toMatch(/token [0-9a-f]{8}/)
  await page.reload()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect(output(frame, 2)).toContainText(before?.trim() ?? 'nothing', { timeout: 30_000 })
  await edit(page, frame, 2, "f'again {token}'")
  await expect(output(frame, 2)).toContainText(
    (before ?? '')
      .trim()
      .replace('token', 'again')
      .replace(/^['"]|['"]$/g, ''),
  )
})

test('closing the browser and coming back another day finds them too', async ({ person, client, browser, stack }) => {
  await (await client('Colleague')).notebook('return', notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'"))
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'return')
  await runAll(frame)
  const before = (await output(frame, 2).textContent())?.trim() ?? ''
  await page.context().close()
  const context = await browser.newContext()
  const later = await context.newPage()
  await later.goto(stack.origin)
  await later.getByRole('button', { name: 'Continue as Colleague' }).click()
  await expect(output(await openNotebook(later, 'return'), 2)).toContainText(before, { timeout: 30_000 })
  await context.close()
})
