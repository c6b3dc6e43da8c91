// Nothing that was written is lost: saving, versions, reload, drafts.
import {
  cells,
  chooseKernel,
  edit,
  expect,
  type FrameLocator,
  inside,
  kernel,
  notebookOf,
  openNotebook,
  output,
  type Page,
  runAll,
  test,
  type,
} from './fixtures.ts'

const save = (page: Page) => page.getByRole('status', { name: 'Save' })

test('what is typed is saved by itself', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('autosave', notebookOf('a = 1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'autosave')
  await type(page, frame, 0, "typed = 'and kept'")
  await expect(page.getByRole('status', { name: 'Save' })).toHaveText(/Saved/)
  await expect.poll(() => mine.source(id)).toContain("typed = 'and kept'")
})

/** In the notebook's own settings: what is saved then, was saved by somebody. */
async function autosaveOff(frame: FrameLocator): Promise<void> {
  await frame.getByTestId('app-config-button').click()
  await frame.getByText('User settings').click()
  await frame.getByTestId('autosave-checkbox').uncheck()
  await frame.locator('body').press('Escape')
  await frame.locator('body').press('Escape')
}

test('Ctrl+S saves, from the notebook and from around it; with nothing changed it settles as well', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('saves', notebookOf("text = 'first'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'saves')
  await autosaveOff(frame)
  await type(page, frame, 0, "text = 'second'")
  expect(await mine.source(id)).toContain('first')
  await page.keyboard.press('Control+s')
  await expect(save(page)).toHaveText(/^Saved \d\d:\d\d$/)
  expect(await mine.source(id)).toContain('second')
  await page.keyboard.press('Control+s')
  await expect(save(page)).toHaveText(/^Saved \d\d:\d\d$/)

  await type(page, frame, 0, "text = 'third'")
  await page.getByRole('tab', { name: 'saves' }).focus()
  await page.keyboard.press('Control+s')
  await expect.poll(() => mine.source(id)).toContain('third')
  await expect(save(page)).toHaveText(/^Saved \d\d:\d\d$/)
})

const LEAVE: Record<string, (page: Page) => Promise<void>> = {
  'the tab is closed': async (page) => {
    await page.getByRole('tab', { selected: true }).focus()
    await page.keyboard.press('Delete')
  },
  'the kernel is restarted': (page) => chooseKernel(page, 'Restart'),
  'one signs out': async (page) => {
    await page.getByRole('button', { name: 'Signed in as Analyst' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeVisible()
  },
}
for (const [what, leave] of Object.entries(LEAVE))
  test(`what was typed the moment before is saved when ${what}`, async ({ person, client }) => {
    const { id } = await (await client('Analyst')).notebook(`left as ${what}`, notebookOf("text = 'first'"))
    const page = await person('Analyst')
    const frame = await openNotebook(page, `left as ${what}`)
    await autosaveOff(frame)
    await type(page, frame, 0, "text = 'the last words'")
    await leave(page)
    await expect.poll(async () => (await client('Analyst')).source(id)).toContain('the last words')
  })

/** A page too slow to draw that something is not saved, and hands that stay on the keys. */
function slow(): void {
  const button = document.getElementById('save-button')
  const colourless = () => button?.classList.contains('yellow') && button.classList.remove('yellow')
  if (button) new MutationObserver(colourless).observe(button, { attributeFilter: ['class'] })
  setInterval(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' })), 100)
}

test('what was typed is saved before its page has drawn that it is not', async ({ person, client }) => {
  const { id } = await (await client('Analyst')).notebook('slow', notebookOf("text = 'first'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'slow')
  await autosaveOff(frame)
  await (await inside(page, 'slow')).evaluate(slow)
  await type(page, frame, 0, "text = 'the last words'")
  await expect(frame.getByTestId('save-button')).not.toHaveClass(/yellow/)
  await page.getByRole('tab', { selected: true }).focus()
  await page.keyboard.press('Delete')
  await expect.poll(async () => (await client('Analyst')).source(id)).toContain('the last words')
})

test('a save that the kernel could not take becomes a draft when one starts again; the ended page takes no more', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('ended', notebookOf("text = 'first'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'ended')
  await autosaveOff(frame)
  await type(page, frame, 0, "text = 'not saved'")
  const [running] = (await mine.call('GET /api/kernels')).filter(({ notebook }) => notebook === id)
  await mine.call('POST /api/kernels/:kernel/stop', { params: { kernel: running?.kernel ?? '' } })
  await expect(kernel(page)).toHaveText('stopped')
  await page.keyboard.type('more')
  await expect(cells(frame).first().locator('.cm-content')).toHaveText("text = 'not saved'")
  await page.getByRole('button', { name: 'Start again' }).click()
  await expect(page.getByText('kept as your draft', { exact: false })).toBeVisible({ timeout: 60_000 })
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  expect(await mine.source(id)).toContain('first')
  const [draft] = await mine.call('GET /api/notebooks/:id/drafts', { params: { id } })
  const params = { id, version: draft?.id ?? '' }
  const { source } = await mine.call('GET /api/notebooks/:id/versions/:version', { params })
  expect(source).toContain("text = 'not saved'")
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
