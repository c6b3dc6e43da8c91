// An author looks at their notebook as a reader of a clearance would see it, comes back, and an auditor finds it on record.
import type { Client } from './client.ts'
import { edit, expect, frameOf, kernel, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

const NAME = 'to be previewed'
const [MASKED, CLOSED] = ['airports', 'planes']
const PERSONAL = { level: 'confidential', markings: ['PII'] }
const INTERNAL = { level: 'internal', markings: [] }
const READ = `from scrydon import tables\nrows = tables.read("${MASKED}", limit=3)\nf"NAMES:{list(rows['name'])[0]}:"`
const OTHER = `from scrydon import tables as others
try:
    found = f"ROWS:{len(others.read('${CLOSED}', limit=7))}"
except Exception as _why:
    found = str(_why)
found`
const ASKS = `from scrydon import llm
try:
    asked = f"models: {len(llm.models())}"
except Exception as _error:
    asked = str(_error)
asked`
const START = 60_000

const rulesOf = (owner: Client, table: string) => owner.call('GET /api/policies/:table', { params: { table } })
async function rule(owner: Client, table: string, policy: object): Promise<void> {
  const { version: onto } = await rulesOf(owner, table)
  await owner.call('PUT /api/policies/:table', { params: { table }, body: { policy, onto, reason: 'a test' } })
}
const read = (id: string, to: object) => ({ id, to, right: 'managed-table:read', rows: null, expires: null })

test.beforeEach(async ({ again }) => {
  const owner = await again('Owner')
  const mask = {
    id: 'below',
    bound: { all: 'below', label: PERSONAL },
    column: 'name',
    mask: { kind: 'redact' },
    label: INTERNAL,
  }
  await rule(owner, MASKED, { grants: [read('all', { who: 'workspace' })], rows: [], masks: [mask] })
  await rule(owner, CLOSED, { grants: [read('one', { who: 'person', person: 'p_demo-analyst' })], rows: [], masks: [] })
})
test.afterEach(async ({ again }) => {
  const owner = await again('Owner')
  for (const table of [MASKED, CLOSED]) {
    const [first] = (await owner.call('GET /api/policies/:table/versions', { params: { table } })).slice(-1)
    if (first) await rule(owner, table, first.policy)
  }
})

test('as internal: a masked column, a table that is closed, no model; then back, and on record', async ({ person, client }) => {
  const analyst = await client('Analyst')
  const { id } = await analyst.notebook(NAME, notebookOf(READ, OTHER, ASKS))
  const page = await person('Analyst')
  const own = await openNotebook(page, NAME)
  await runAll(own)
  await expect(output(own, 0)).toContainText(/NAMES:\w[^*]+:/)
  await expect(output(own, 1)).toContainText('ROWS:7')
  await edit(page, own, 2, `${ASKS} + "!"`)
  await expect(page.getByRole('status', { name: 'Save' })).toHaveText(/^Saved/, { timeout: 30_000 })

  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await page.getByRole('button', { name: 'Preview as a reader…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Preview as a reader' })
  await expect(dialog.getByRole('combobox', { name: 'Level of the profile' })).toHaveValue('internal')
  await dialog.getByRole('textbox', { name: 'Groups of the profile' }).fill('sales, staff')
  await dialog.getByRole('button', { name: 'Preview', exact: true }).click()
  const mark = page.getByRole('status').filter({ hasText: 'Preview as: internal, groups sales, staff' })
  await expect(mark).toContainText('what you see is what both you and such a reader may see. Not a person.')
  await expect(kernel(page)).toHaveText('ready', { timeout: START })
  const seen = frameOf(page, NAME)
  await expect(seen.getByText('NAMES:***:')).toBeVisible({ timeout: START })
  await expect(seen.getByText(/In this preview: You may not read “planes”\. Ask Owner/).first()).toBeVisible()
  await expect(seen.getByText('A preview only reads, so llm.models was refused').first()).toBeVisible()
  await expect(seen.getByText('ROWS:')).toHaveCount(0)
  await expect(page.getByRole('status', { name: 'Read-only' })).toHaveText('Preview')
  const kernels = (await analyst.call('GET /api/kernels')).filter(({ phase }) => phase.phase === 'ready')
  expect(kernels.map(({ mode }) => mode).sort()).toEqual(['edit', 'run'])

  await page.getByRole('button', { name: 'Back to the notebook' }).click()
  await expect(mark).toBeHidden()
  await expect(page.getByText('Editing', { exact: true })).toBeVisible({ timeout: START })
  await expect(output(frameOf(page, NAME), 1)).toContainText('ROWS:7', { timeout: START })

  const { lines } = await (await client('Auditor')).call('GET /api/audit')
  const opened = lines.find(({ kind }) => kind === 'preview-opened')
  expect(opened).toMatchObject({ person: { name: 'Analyst' }, text: 'Opened a preview of a notebook as a profile: internal' })
  expect(opened?.details).toEqual(['Groups: sales, staff', `Notebook ${id}`, expect.stringMatching(/^Kernel k_/)])
  const marked = lines.filter(({ details }) => details.includes('In a preview as a profile'))
  expect(marked.map(({ table, allowed }) => `${table} ${allowed}`).sort()).toEqual(
    [
      `${MASKED} true`,
      'null false', // the model
      `${CLOSED} false`,
    ].sort(),
  )
  const auditor = await person('Auditor')
  await auditor.getByRole('link', { name: 'Audit' }).click()
  await expect(auditor.getByRole('list', { name: 'Record' })).toContainText(
    'Opened a preview of a notebook as a profile: internal',
  )
})

test('from the palette; where such a reader would get no version, that is said, and one comes back', async ({
  person,
  client,
}) => {
  await (await client('Analyst')).notebook(NAME, notebookOf('1 + 1'))
  const page = await person('Analyst')
  await openNotebook(page, NAME)
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox', { name: 'Find a notebook or command' }).fill('preview')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Preview as a reader' })
  await dialog.getByRole('combobox', { name: 'Level of the profile' }).selectOption('public')
  await dialog.getByRole('button', { name: 'Preview', exact: true }).click()
  await expect(page.getByText('Such a reader would get no version of this notebook yet.')).toBeVisible() // the workspace is internal
  await expect(page.getByRole('status').filter({ hasText: 'Preview as: public' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the notebook' }).click()
  await expect(page.getByText('Editing', { exact: true })).toBeVisible({ timeout: START })
})
