// The shell's pages on managed data, with real kernels and the real data plane: who makes the rules, what an edit ends, what each sees.
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { Label } from '#protocol/policy/label.ts'
import type { Client } from './client.ts'
import { expect, kernel, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

const TABLE = 'compliance_authorities'
const READ = `from scrydon import tables\nrows = tables.read("${TABLE}").sort_values("country")\nrows`
const HELD = 'Datenschutzbehörde' // of a row that the colleague sees

const place = (page: Page) => page.getByRole('navigation', { name: 'Managed data' })
const rules = (page: Page) => page.getByRole('region', { name: `Rules of ${TABLE}` })

async function toRules(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tables' }).click()
  await place(page).getByRole('link', { name: 'Access' }).click()
  await page.getByRole('list', { name: 'Rules of the tables' }).getByRole('link', { name: TABLE }).click()
  await expect(rules(page)).toBeVisible()
}

async function save(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Save …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()
}

const REASON = 'as the examples have it'

/** The table and its rules as the examples have them, whatever a test has made of them. */
async function restore(owner: Client): Promise<void> {
  const params = { table: TABLE }
  const versions = await owner.call('GET /api/policies/:table/versions', { params })
  const [newest, first] = [versions[0], versions.at(-1)]
  if (newest && first && newest !== first) {
    const body = { policy: first.policy, onto: newest.version, reason: REASON }
    await owner.call('PUT /api/policies/:table', { params, body })
  }
  const card = await owner.call('GET /api/policies/:table', { params })
  if (!card.table.hidden) return
  const seen: Label = { level: 'secret', markings: ['PII'] } // who lowers it has to see it
  const cleared = await clear(owner, seen)
  const label = { level: 'internal', markings: [] }
  const details = { description: card.table.description, hidden: false, label, columns: { acronym: { label, description: '' } } }
  await owner.call('PUT /api/tables/:table', { params, body: { details, onto: card.tableVersion, reason: REASON } })
  await clear(owner, cleared)
}

/** The owner's own clearance; what it was. */
async function clear(owner: Client, clearance: Label): Promise<Label> {
  const own = (await owner.call('GET /api/people')).find(({ role }) => role === 'owner')
  if (!own) throw new Error('an owner')
  const body = { standing: { ...own.standing, clearance }, onto: own.version, reason: REASON }
  await owner.call('PUT /api/people/:person', { params: { person: own.person.id }, body })
  return own.standing.clearance
}
test.afterEach(async ({ again }) => restore(await again('Owner')))

test('a grant that the owner takes back ends the colleague’s running kernel, which says why; a new one is refused', async ({
  person,
  client,
}) => {
  const theirs = await client('Colleague')
  await theirs.notebook('reads', notebookOf(READ))
  const colleague = await person('Colleague')
  const frame = await openNotebook(colleague, 'reads')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText(HELD)

  const owner = await person('Owner')
  await toRules(owner)
  await owner.getByRole('button', { name: 'Remove members-read' }).click()
  await owner.getByRole('combobox', { name: 'Preview as' }).selectOption('Colleague')
  await expect(owner.getByRole('region', { name: 'Preview' })).toContainText('Nothing. No grant of this table is theirs.')
  await save(owner, 'The project has ended')

  expect(await theirs.living()).toEqual([]) // by the edit, not by the next look at rights
  await expect(kernel(colleague)).toHaveText(/stopped/)
  const cover = colleague.getByRole('alert').filter({ hasText: 'The kernel has ended' })
  await expect(cover).toContainText('it held data that you may not see any more')
  await expect(colleague.locator('iframe[title="Notebook reads"]')).not.toBeVisible() // with the rows it showed
  await cover.getByRole('button', { name: 'Start again' }).click()
  await expect(kernel(colleague)).toHaveText(/ready/, { timeout: 60_000 })
  await runAll(frame)
  await expect(output(frame, 0)).toContainText(`You may not read “${TABLE}”. Ask Owner`)
  await colleague.getByRole('link', { name: 'Tables' }).click()
  await colleague.getByRole('list', { name: 'Tables' }).getByRole('link', { name: TABLE }).click()
  await expect(colleague.getByRole('note')).toContainText('Ask Owner, who owns it, for a grant.')
})

test('a mask that is drawn tighter is in the next read, and in what the colleague’s own page says', async ({
  person,
  client,
}) => {
  const owner = await person('Owner')
  await toRules(owner)
  const added = owner.getByRole('listitem', { name: 'mask-1' })
  await owner.getByRole('button', { name: 'Add mask' }).click()
  await added.getByRole('combobox', { name: 'Whom mask-1 is about' }).selectOption('Whoever is outside the group')
  await expect(added.getByRole('alert')).toHaveText('This does not fit: something is missing.')
  await expect(owner.getByRole('button', { name: 'Save …' })).toBeDisabled()
  await added.getByRole('combobox', { name: 'Whom mask-1 is about' }).selectOption('Whoever is not cleared for')
  await added.getByRole('combobox', { name: 'Column of mask-1' }).selectOption('city')
  await added.getByRole('combobox', { name: 'Mask of mask-1' }).selectOption('redacted')
  await owner.getByRole('combobox', { name: 'Preview as' }).selectOption('Colleague')
  const preview = owner.getByRole('table', { name: 'What Colleague would see' })
  await expect(preview.getByRole('row', { name: /^city/ })).toContainText('redacted')
  await save(owner, 'Places are nobody’s business')
  await expect(owner.getByRole('list', { name: 'Versions' })).toContainText('Places are nobody’s business')

  await (await client('Colleague')).notebook('reads', notebookOf(READ))
  const colleague = await person('Colleague')
  const frame = await openNotebook(colleague, 'reads')
  await runAll(frame)
  await expect(output(frame, 0)).toContainText(HELD)
  await expect(output(frame, 0)).not.toContainText('Wien')
  await colleague.getByRole('link', { name: 'Tables' }).click()
  await colleague.getByRole('list', { name: 'Tables' }).getByRole('link', { name: TABLE }).click()
  const columns = colleague.getByRole('table', { name: `Columns of ${TABLE}` })
  await expect(columns.getByRole('row', { name: /^city/ })).toContainText('redacted')
  await expect(columns.getByRole('row', { name: /^country/ })).not.toContainText('redacted')
})

test('two owners: what was saved meanwhile is said, and nothing of either is lost', async ({ person, again }) => {
  const page = await person('Owner')
  await toRules(page)
  await page.getByRole('button', { name: 'Add row rule' }).click()
  await page.getByRole('listitem', { name: 'rows-1' }).getByRole('textbox', { name: 'Value of rows-1' }).fill('DE')
  const other = await again('Owner')
  const params = { table: TABLE }
  const [newest] = await other.call('GET /api/policies/:table/versions', { params })
  if (!newest) throw new Error('a version')
  const grants = newest.policy.grants.filter(({ id }) => id !== 'analyst-writes')
  const body = { policy: { ...newest.policy, grants }, onto: newest.version, reason: 'Nobody writes' }
  await other.call('PUT /api/policies/:table', { params, body })

  await page.getByRole('button', { name: 'Save …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Germany only')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody has changed this since you opened it')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(rules(page)).toContainText(`Version ${newest.version + 1} was saved while you were editing`)
  await page.getByRole('button', { name: 'Keep mine on top of it' }).click()
  await page.getByRole('button', { name: 'Save …' }).click()
  await expect(dialog.getByRole('list', { name: 'What changes' })).toContainText('sees rows where')
  await expect(dialog.getByRole('list', { name: 'What changes' })).toContainText('Analyst may write') // mine has it still: it is said
  await dialog.getByRole('button', { name: 'Cancel' }).click()
})

test('what is said of a person is changed in a dialog, with a reason', async ({ person, again }) => {
  const page = await person('Owner')
  await page.getByRole('link', { name: 'Tables' }).click()
  await place(page).getByRole('link', { name: 'Access' }).click()
  const people = page.getByRole('list', { name: 'People' })
  await people.getByRole('button', { name: 'Edit Colleague' }).click()
  const dialog = page.getByRole('dialog')
  const values = dialog.getByRole('textbox', { name: 'Values of attribute 1' })
  await expect(values).toHaveValue('AT, CH, DE, LI')
  await values.fill('FR')
  await dialog.getByRole('textbox', { name: 'Groups' }).fill('Not A Group')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Moved to Paris')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeVisible() // the browser says what is wrong with the groups
  await dialog.getByRole('textbox', { name: 'Groups' }).fill('paris')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await expect(people.getByRole('listitem').filter({ hasText: 'Colleague' })).toContainText('countries: FR')

  const owner = await again('Owner')
  const before = (await owner.call('GET /api/people')).find((card) => card.person.name === 'Colleague')
  if (!before) throw new Error('a colleague')
  expect(before.standing).toMatchObject({ groups: ['paris'], attributes: { countries: ['FR'] } })
  const standing = { ...before.standing, groups: [], attributes: { countries: ['AT', 'CH', 'DE', 'LI'] } }
  const body = { standing, onto: before.version, reason: REASON }
  await owner.call('PUT /api/people/:person', { params: { person: before.person.id }, body })
})

test('a table that is hidden is gone for who may not read it, and its owner finds it still', async ({ person, again }) => {
  const page = await person('Owner')
  await toRules(page)
  await page.getByRole('button', { name: 'Details …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('switch', { name: 'Hidden' }).check()
  await dialog.getByRole('combobox', { name: 'Level of the table' }).selectOption('secret')
  await dialog.getByRole('textbox', { name: 'Description of acronym' }).fill('How it is called for short')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Under review')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('combobox', { name: 'Preview as' }).selectOption('Analyst')
  await expect(page.getByRole('region', { name: 'Preview' })).toContainText('classified above their clearance')
  const analyst = await again('Analyst')
  expect((await analyst.call('GET /api/tables')).map(({ name }) => name)).not.toContain(TABLE)

  const owner = await again('Owner')
  const card = await owner.call('GET /api/policies/:table', { params: { table: TABLE } })
  expect(card.table.columns.find(({ name }) => name === 'acronym')?.description).toBe('How it is called for short')
})

test('the auditor sees every row in words, and no value of data; others see their own', async ({ person, client }) => {
  const analyst = await client('Analyst')
  const code = `from scrydon import tables\ntables.read("${TABLE}", where={"city": "Bonn"})`
  const { kernel: stream } = await analyst.open(await analyst.tab(), (await analyst.notebook('looks', notebookOf(code))).id)
  await stream.runAll()

  const auditor = await person('Auditor')
  await expect(auditor.getByRole('link', { name: 'Tables' })).toHaveCount(0)
  await auditor.getByRole('link', { name: 'Audit' }).click()
  await expect(auditor.getByRole('status', { name: 'Chain' })).toContainText('The chain holds')
  const record = auditor.getByRole('list', { name: 'Record' })
  await auditor.getByRole('combobox', { name: 'Person' }).selectOption('Analyst')
  const read = record.getByRole('listitem').filter({ hasText: 'Read allowed' }).first()
  await expect(read).toContainText(TABLE)
  await read.locator('summary').click()
  await expect(read).toContainText('Columns: ')
  await expect(read).toContainText('Policy version ')
  for (const value of ['Bonn', 'bfdi.bund.de']) await expect(record).not.toContainText(value)
  await auditor.getByRole('combobox', { name: 'Person' }).selectOption('Everybody')
  await auditor.getByRole('searchbox', { name: 'Table' }).fill('flights')
  await auditor.getByRole('searchbox', { name: 'Table' }).press('Enter')
  await expect(record).toContainText('Reason: The demo workspace')
  await expect(record).not.toContainText(TABLE)
  const download = auditor.waitForEvent('download')
  await auditor.getByRole('button', { name: 'Export OpenLineage' }).click()
  const exported = await readFile(await (await download).path(), 'utf8')
  const events = exported.trim().split('\n')
  expect(events.map((line) => JSON.parse(line).eventType)).toEqual(expect.arrayContaining(['START', 'COMPLETE']))
  expect(exported).toContain(`"name":"${TABLE}"`)
  for (const value of ['Bonn', 'bfdi.bund.de']) expect(exported).not.toContain(value)

  const own = await person('Analyst')
  await own.getByRole('link', { name: 'Tables' }).click()
  await place(own).getByRole('link', { name: 'Audit' }).click()
  await expect(own.getByRole('list', { name: 'Record' })).toContainText('Read allowed')
  await expect(own.getByRole('list', { name: 'Record' })).not.toContainText('Changed the policy')
  await expect(own.getByRole('status', { name: 'Chain' })).toHaveCount(0)
})

test('a table that a notebook named is an id to the auditor, who follows it, and is found by that by who may read it', async ({
  person,
  client,
  stack,
}) => {
  const analyst = await client('Analyst')
  const code = `from scrydon import tables\ntables.write("t4711", tables.read("${TABLE}").head(3), mode="create").name`
  const { kernel: stream } = await analyst.open(await analyst.tab(), (await analyst.notebook('names', notebookOf(code))).id)
  await stream.runAll()

  const auditor = await person('Auditor')
  await auditor.goto(`${stack.origin}/audit`)
  const record = auditor.getByRole('list', { name: 'Record' })
  const added = record.getByRole('listitem').filter({ hasText: 'Added the table' }).first()
  await added.locator('summary').click()
  await expect(added).toContainText('A notebook named this table, and it is classified above you')
  const id = /table_[0-9a-f]{16}/.exec((await added.textContent()) ?? '')?.[0] ?? ''
  await auditor.getByRole('searchbox', { name: 'Table' }).fill(id)
  await auditor.getByRole('searchbox', { name: 'Table' }).press('Enter')
  await expect(record.getByRole('listitem').filter({ hasText: id }).filter({ hasText: 'Write was complete' })).toHaveCount(1)
  await expect(record).not.toContainText('4711')

  const own = await person('Analyst')
  await own.goto(`${stack.origin}/tables/${id}`)
  await expect(own.getByRole('heading', { name: 'demo-analyst.t4711' })).toBeVisible()
})

test('who may not is offered nothing, and the address alone shows nothing', async ({ person, page: outsider, stack }) => {
  const analyst = await person('Analyst')
  await analyst.getByRole('link', { name: 'Tables' }).click()
  await expect(analyst.getByRole('list', { name: 'Tables' })).toContainText(TABLE)
  await expect(place(analyst).getByRole('link')).toHaveText(['Tables', 'Artefacts', 'Models', 'Audit'])
  await analyst.goto(`${stack.origin}/access/${TABLE}`)
  await expect(analyst.getByRole('heading', { name: 'There is nothing here for you' })).toBeVisible()

  await outsider.goto(stack.origin)
  await outsider.getByRole('button', { name: 'Continue as Outsider' }).click()
  await expect(outsider.getByRole('button', { name: 'Signed in as Outsider' })).toBeVisible()
  await expect(outsider.getByRole('link', { name: 'Tables' })).toHaveCount(0)
  for (const path of ['tables', `tables/${TABLE}`, 'artefacts', 'models', 'access', 'audit']) {
    await outsider.goto(`${stack.origin}/${path}`)
    await expect(outsider.getByRole('heading', { name: 'There is nothing here for you' })).toBeVisible()
    await expect(outsider.getByText(TABLE)).toHaveCount(0)
  }
})
