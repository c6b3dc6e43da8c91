// Deployed models as the workspace's owner uploads, grants, closes and takes them away in the shell, and the kernels that run meanwhile.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { expect, test } from './fixtures.ts'
import { running } from './models.ts'
import { ROOT } from './stack.ts'

const NAME = 'late_flights'
const FILE = readFileSync(join(ROOT, 'examples/models/flight_delay.onnx'))
const DESCRIBED = JSON.parse(readFileSync(join(ROOT, 'examples/models/flight_delay.json'), 'utf8'))
const COLUMNS = DESCRIBED.inputs.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`).join('\n')
const ROWS = `__import__("pandas").DataFrame({"hour": [6, 21], "month": 7, "distance": 1000.0, "from_lga": False, "from_jfk": True,
    "seats": 150, "precip": [0.0, 0.5], "visib": [10.0, 2.0], "wind_speed": 10.0, "humid": [40.0, 95.0]})`
const CALLS = {
  late: `len(inference.predict("${NAME}", ${ROWS})["probability"])`,
  models: '[(model.name, model.level) for model in inference.models()]',
}
const ANALYST = 'p_demo-analyst'

const place = (page: Page) => page.getByRole('navigation', { name: 'Managed data' })
const deployed = (page: Page) => page.getByRole('list', { name: 'Deployed models' })
const row = (page: Page, name: string) => deployed(page).getByRole('listitem', { name, exact: true })
const dialog = (page: Page) => page.getByRole('dialog')

async function toModels(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tables' }).click()
  await place(page).getByRole('link', { name: 'Models', exact: true }).click()
  await expect(deployed(page)).toBeVisible()
}

async function save(page: Page, act: string): Promise<void> {
  await dialog(page).getByRole('textbox', { name: 'Reason' }).fill('A test asks')
  await dialog(page).getByRole('button', { name: act, exact: true }).click()
  await expect(dialog(page)).toBeHidden()
}

const choose = (page: Page, name: string, buffer: Buffer) =>
  dialog(page).locator('input[type="file"]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })

async function group(owner: Client, groups: readonly string[]): Promise<void> {
  const card = (await owner.call('GET /api/people')).find(({ person }) => person.id === ANALYST)
  if (!card) throw new Error('there is no Analyst')
  const body = { standing: { ...card.standing, groups }, onto: card.version, reason: 'a test' }
  await owner.call('PUT /api/people/:person', { params: { person: ANALYST }, body })
}

test.beforeEach(async ({ again }) => group(await again('Owner'), ['planning']))
test.afterEach(async ({ again }) => {
  const owner = await again('Owner')
  await group(owner, [])
  const left = (await owner.call('GET /api/models/rules')).filter(({ file }) => file !== null)
  for (const { name, version } of left)
    await owner.call('POST /api/models/:alias/remove', { params: { alias: name }, body: { onto: version, reason: 'a test' } })
})

test('a model is uploaded, labelled and granted; the next call of a kernel obeys what becomes of it', async ({
  person,
  client,
}) => {
  test.setTimeout(180_000)
  const owner = await person('Owner')
  await toModels(owner)
  await expect(row(owner, 'flight_delay')).toContainText('The operator’s')
  await expect(row(owner, 'flight_delay').getByRole('button')).toHaveCount(0)

  await owner.getByRole('button', { name: 'Upload a model' }).click()
  await choose(owner, 'no.onnx', Buffer.from('no model'))
  await expect(dialog(owner).getByRole('alert')).toContainText('it is no ONNX model')
  await choose(owner, `${NAME}.onnx`, FILE)
  await expect(dialog(owner).getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(NAME)
  const columns = dialog(owner).getByRole('textbox', { name: 'Columns that it takes' })
  await expect(columns).toHaveValue(/^rows_0 real\n(rows_\d real\n)+rows_9 real$/)
  await columns.fill(COLUMNS)
  await dialog(owner).getByRole('textbox', { name: 'Description' }).fill('How probable a late flight is.')
  await dialog(owner).getByRole('combobox', { name: 'Level of what it may get' }).selectOption('internal')
  await dialog(owner).getByRole('textbox', { name: 'Group' }).fill('planning')
  await dialog(owner).getByRole('button', { name: 'Add the group' }).click()
  await expect(dialog(owner).getByRole('checkbox', { name: 'the group planning' })).toBeChecked()
  await save(owner, 'Deploy')
  for (const text of ['Editors', 'May get internal', 'Granted to the group planning', 'hour (integer)'])
    await expect(row(owner, NAME)).toContainText(text)

  const analyst = await running(await client('Analyst'), 'predicts', CALLS)
  expect(await analyst.again()).toEqual({
    late: 2,
    models: [
      [NAME, 'internal'],
      ['flight_delay', 'internal'],
    ],
  })
  const colleague = await running(await client('Colleague'), 'would predict', CALLS)
  expect(await colleague.again()).toEqual({
    late: expect.stringMatching(/^Denied inference-ungranted: The model “late_flights” is not open to you.*Owner/),
    models: [['flight_delay', 'internal']],
  })

  await owner.getByRole('button', { name: `Edit ${NAME}` }).click()
  await expect(dialog(owner)).toContainText('Last changed by Owner')
  await dialog(owner).getByRole('combobox', { name: 'Open to' }).selectOption('nobody')
  await save(owner, 'Save')
  await expect(row(owner, NAME)).toContainText('Closed')
  expect((await analyst.again()).late).toMatch(/^Denied inference-closed: The model “late_flights” is closed/)

  await owner.getByRole('button', { name: `Take ${NAME} away` }).click()
  await save(owner, 'Take away')
  await expect(row(owner, NAME)).toHaveCount(0)
  expect((await analyst.again()).late).toMatch(/^NotFound inference-absent/)
})

test('others see the models that they may use and the line that asks them, and may change none', async ({ person }) => {
  const analyst = await person('Analyst')
  await toModels(analyst)
  await expect(row(analyst, 'flight_delay')).toContainText('May get internal')
  await expect(row(analyst, 'flight_delay')).toContainText('inference.predict("flight_delay", df)')
  await expect(analyst.getByRole('button', { name: /^(Edit|Take|Upload)/ })).toHaveCount(0)
})
