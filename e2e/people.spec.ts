// Two people, one notebook: each in a kernel of their own, one of them editing.
import { expect, frameOf, kernel, link, openNotebook, runAll, swappedIn, test, type } from './fixtures.ts'

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

  await swappedIn(colleague, '[allow=""]') // for whoever reads; one to edit with waited before
  await view.getByRole('slider').first().press('ArrowRight')
  await expect(view.getByText('The flower has 8 petals')).toBeVisible()
  await expect(frame.getByText('The flower has 7 petals')).toBeVisible()

  const kernels = async (role: 'Analyst' | 'Colleague') =>
    (await (await client(role)).call('GET /api/kernels')).map((each) => each.kernel)
  const theirs = await kernels('Analyst')
  for (const id of await kernels('Colleague')) expect(theirs).not.toContain(id)
})

test('asked and silent, the editor is asked, goes on editing, and loses the lease after 15 seconds', async ({
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
  await expect(kernel(asker)).toHaveText('ready', { timeout: 60_000 })
  const before = Date.now()
  await asker.getByRole('button', { name: 'Ask to edit' }).click()
  await expect(editor.getByRole('alertdialog')).toContainText('Colleague asks to edit')
  const asked = Date.now()
  await type(editor, frame, 1, '# asked, and still editing')
  await expect.poll(() => owner.source(id)).toContain('# asked, and still editing')
  await expect(editor.getByRole('status').filter({ hasText: 'Colleague is editing now' })).toContainText(
    'Everything you wrote was saved.',
    { timeout: 30_000 },
  )
  expect(Date.now() - before).toBeGreaterThan(14_000)
  expect(Date.now() - asked).toBeLessThan(30_000)
  await expect(asker.getByText('Editing', { exact: true })).toBeVisible({ timeout: 60_000 })
})

/** Bodies that are good in every way, but for who sends them. */
const editors = (id: string): Readonly<Record<string, object>> => ({
  '/api/kernel/save': {
    cellIds: [id],
    codes: ['1'],
    names: ['_'],
    configs: [{ hide_code: false, disabled: false }],
    filename: 'notebook.py',
    persist: true,
    layout: null,
  },
  '/api/kernel/run': { cellIds: [id], codes: ['1'] },
  '/api/kernel/read_code': {},
  '/api/document/transaction': { changes: [{ type: 'set-code', cellId: id, code: '1' }] },
})

test('a reader cannot edit, save, run or take over, whatever they send', async ({ client }) => {
  const analyst = await client('Analyst')
  const colleague = await client('Colleague')
  const { id } = await analyst.find('feature_sketch')
  const [first, second] = [await analyst.tab(), await colleague.tab()]
  const editing = await analyst.open(first, id)
  expect(editing.opened.mode).toBe('edit')
  const reading = await colleague.open(second, id)
  expect(reading.opened.mode).toBe('run')
  await reading.kernel.until('the reader is ready', ({ op }) => op === 'kernel-ready')
  const { ids } = await editing.kernel.instantiate()
  const before = await analyst.source(id)
  for (const [path, body] of Object.entries(editors(ids[0] ?? ''))) {
    const { status, body: said } = await reading.kernel.post(path, body)
    expect([status, JSON.parse(said).code], path).toEqual([403, 'read-only-view'])
  }
  for (const [path, code] of [
    ['/api/kernel/takeover', 'use-the-shell'],
    ['/api/files/list_files', 'not-offered'],
  ] as const) {
    const { status, body: said } = await reading.kernel.post(path, { path: '/etc' })
    expect([status, JSON.parse(said).code], path).toEqual([403, code])
  }
  expect(await analyst.source(id)).toBe(before)
  const [, run] = Object.entries(editors(ids[0] ?? '')).find(([path]) => path === '/api/kernel/run') ?? []
  expect((await editing.kernel.post('/api/kernel/run', run ?? {})).status, 'the same from the editor').toBe(200)
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
