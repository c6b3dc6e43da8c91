// Two people, one notebook: each in a kernel of their own, one of them editing.
import { expect, frameOf, kernel, link, openNotebook, runAll, test, type } from './fixtures.ts'

test('the second person gets run mode in their own kernel, with who is editing and the source beside it', async ({
  person,
  client,
}) => {
  const analyst = await person('Analyst')
  const frame = await openNotebook(analyst, 'welcome')
  await runAll(frame)
  await expect(analyst.getByText('Editing', { exact: true })).toBeVisible()

  const colleague = await person('Colleague')
  await link(colleague, 'welcome').click()
  const view = frameOf(colleague, 'welcome')
  await expect(view.getByText('The flower has 7 petals')).toBeVisible({ timeout: 60_000 })
  await expect(colleague.getByText('Analyst is editing', { exact: false })).toBeVisible()
  await expect(colleague.getByText('mo.ui.slider', { exact: false }).first()).toBeVisible()

  await view.getByRole('slider').first().press('ArrowRight')
  await expect(view.getByText('The flower has 8 petals')).toBeVisible()
  await expect(frame.getByText('The flower has 7 petals')).toBeVisible()

  const kernels = async (role: 'Analyst' | 'Colleague') =>
    (await (await client(role)).call('GET /api/kernels')).map((each) => each.kernel)
  const theirs = await kernels('Analyst')
  for (const id of await kernels('Colleague')) expect(theirs).not.toContain(id)
})

test('asked to hand over, the editor gives: the asker edits, the giver reads, what was not saved is a draft or saved', async ({
  person,
  client,
}) => {
  const owner = await client('Owner')
  const { id } = await owner.find('sql_cells')
  const editor = await person('Analyst')
  const frame = await openNotebook(editor, 'sql_cells')
  const asker = await person('Colleague')
  await link(asker, 'sql_cells').click()
  await expect(asker.getByText('Analyst is editing', { exact: false })).toBeVisible({ timeout: 60_000 })
  await type(editor, frame, 1, '# a change of the last second')
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await editor.getByRole('button', { name: 'Give' }).click()
  await expect(asker.getByText('Editing', { exact: true })).toBeVisible({ timeout: 60_000 })
  await expect(editor.getByText('Colleague is editing now', { exact: false })).toBeVisible()
  await expect(kernel(asker)).toHaveText('ready', { timeout: 60_000 })
  await expect
    .poll(async () => {
      const drafts = await (await client('Analyst')).call('GET /api/notebooks/:id/drafts', { params: { id } })
      return drafts.length > 0 || (await owner.source(id)).includes('a change of the last second')
    })
    .toBe(true)
})

test('asked and silent, the editor loses the lease after 15 seconds', async ({ person }) => {
  const editor = await person('Analyst')
  await openNotebook(editor, 'flight_delays')
  const asker = await person('Colleague')
  await link(asker, 'flight_delays').click()
  await expect(asker.getByText('Analyst is editing', { exact: false })).toBeVisible({ timeout: 60_000 })
  const asked = Date.now()
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(asker.getByText('Editing', { exact: true })).toBeVisible({ timeout: 40_000 })
  expect(Date.now() - asked).toBeGreaterThan(14_000)
})

test('a reader cannot edit, save or take over, whatever they send', async ({ client }) => {
  const analyst = await client('Analyst')
  const colleague = await client('Colleague')
  const { id } = await analyst.find('feature_sketch')
  const [first, second] = [await analyst.tab(), await colleague.tab()]
  const editing = await analyst.open(first, id)
  expect(editing.opened.mode).toBe('edit')
  const reading = await colleague.open(second, id)
  expect(reading.opened.mode).toBe('run')
  await reading.kernel.until('the reader is ready', ({ op }) => op === 'kernel-ready')
  const before = await analyst.source(id)
  for (const path of [
    '/api/kernel/save',
    '/api/kernel/run',
    '/api/kernel/takeover',
    '/api/kernel/read_code',
    '/api/files/list_files',
    '/api/document/transaction',
  ]) {
    const { status } = await reading.kernel.post(path, { cells: [], codes: [], path: '/etc', filename: 'notebook.py' })
    expect(status, path).toBeGreaterThanOrEqual(400)
  }
  expect(await analyst.source(id)).toBe(before)
  first.close()
  second.close()
})

test("a kernel's id is worth nothing to another person", async ({ client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.find('model_evaluation')
  const tab = await analyst.tab()
  const { opened } = await analyst.open(tab, id)
  const thief = await (await client('Colleague')).tab()
  await expect(thief.kernel(opened.kernel)).rejects.toThrow(/notFound|forbidden/)
  tab.close()
  thief.close()
})
