// Language models as the workspace's owner opens them, and the workspace itself: in the shell, and in the kernels that run meanwhile.
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { expect } from './fixtures.ts'
import { running, tells, withModels } from './models.ts'
import { outcome } from './told.ts'

const KEY = 'sk-not-for-owners'
const MODELS = {
  default: { model: 'echo', level: 'internal' },
  counted: { model: 'uncounted', level: 'internal' },
  waiting: { model: 'unended', level: 'internal' },
}
const served = withModels(MODELS, KEY)

const place = (page: Page) => page.getByRole('navigation', { name: 'Managed data' })
const models = (page: Page) => page.getByRole('list', { name: 'Language models' })
const row = (page: Page, alias: string) => models(page).getByRole('listitem', { name: alias, exact: true })

async function toModels(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tables' }).click()
  await place(page).getByRole('link', { name: 'Models', exact: true }).click()
  await expect(models(page)).toBeVisible()
}

async function save(page: Page, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
}

async function openTo(page: Page, alias: string, open: string): Promise<void> {
  await page.getByRole('button', { name: `Edit ${alias}` }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Open to' }).selectOption(open)
  await save(page, 'A test opens and closes it')
}

const maker = (id: string, person: string) =>
  ({ id, to: { who: 'person', person }, right: 'managed-table:write', expires: null }) as const
/** The examples'. */
const WORKSPACE = {
  label: { level: 'internal', markings: [] },
  grants: [maker('owner-makes', 'p_demo-owner'), maker('analyst-makes', 'p_demo-analyst')],
} as const
const REASON = 'as it was set up'

/** Models and the workspace as they were, whatever a test has made of them. */
async function restore(owner: Client): Promise<void> {
  for (const { alias, version, rules } of (await owner.call('GET /api/llm/routes')).routes) {
    const label = { level: 'internal', markings: [] } as const
    const asSetUp = { model: MODELS[alias as keyof typeof MODELS].model, label, open: 'editors', perDay: null } as const
    if (JSON.stringify(rules) === JSON.stringify(asSetUp)) continue
    const body = { rules: asSetUp, onto: version, reason: REASON }
    await owner.call('PUT /api/llm/routes/:alias', { params: { alias }, body })
  }
  const { version, ...now } = await owner.call('GET /api/workspace')
  if (JSON.stringify(now.workspace) === JSON.stringify(WORKSPACE)) return
  await owner.call('PUT /api/workspace', { body: { workspace: WORKSPACE, onto: version, reason: REASON } })
}
served.afterEach(async ({ again }) => restore(await again('Owner')))

served(
  'what the owner says of a model is what the next call of a kernel obeys, readers’ kernels, too',
  async ({ person, client }) => {
    const owner = await person('Owner')
    await toModels(owner)
    await expect(row(owner, 'default')).toContainText('Editors')
    await expect(owner.getByText(KEY)).toHaveCount(0)
    const { again } = await running(await client('Analyst'), 'asks', {
      default: 'llm.complete("hello")',
      models: '[(model.name, model.level) for model in llm.models()]',
    })
    expect(await again()).toMatchObject({ default: 'hello' })
    const reader = await client('Colleague')
    const asReader = async (name: string) => {
      const { id } = await reader.notebook(name, tells({ default: 'llm.complete("hello")' }))
      return outcome((await reader.open(await reader.tab(), id, 'run')).kernel)
    }
    expect(await asReader('reads')).toEqual({ default: expect.stringMatching(/^Denied llm-readers/) })

    await openTo(owner, 'default', 'readers')
    await expect(row(owner, 'default')).toContainText('Editors and readers')
    expect(await asReader('reads again')).toEqual({ default: 'hello' })

    await owner.getByRole('button', { name: 'Edit default' }).click()
    const dialog = owner.getByRole('dialog')
    await expect(dialog).toContainText('Last changed by Owner')
    await expect(dialog.getByRole('combobox', { name: 'Model' }).getByRole('option')).toHaveText(['echo', 'uncounted', 'unended'])
    await dialog.getByRole('combobox', { name: 'Model' }).selectOption('uncounted')
    await dialog.getByRole('combobox', { name: 'Level of what it may get' }).selectOption('confidential')
    await save(owner, 'Another model')
    expect(await again()).toMatchObject({
      default: 'twelve chars',
      models: expect.arrayContaining([['default', 'confidential']]),
    })

    await openTo(owner, 'default', 'nobody')
    const closed = await again()
    expect(closed.default).toMatch(/^Denied llm-closed: The model “default” is closed here.*Owner/)
    expect(closed.models).toEqual([
      ['counted', 'internal'],
      ['waiting', 'internal'],
    ])
  },
)

served('a bound of tokens is met by the next call', async ({ person, client }) => {
  const owner = await person('Owner')
  await toModels(owner)
  await owner.getByRole('button', { name: 'Edit counted' }).click()
  const tokens = owner.getByRole('textbox', { name: 'Tokens of one person and day' })
  await tokens.fill('many')
  await owner.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('x')
  await owner.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(owner.getByRole('dialog')).toBeVisible() // the browser says what is wrong with it
  await tokens.fill('1,000')
  await save(owner, 'It is dear')
  await expect(row(owner, 'counted')).toContainText('1,000 tokens a day each')
  const { again } = await running(await client('Analyst'), 'takes', { counted: 'llm.complete("x", "counted")' })
  expect((await again()).counted).toMatch(
    /^Denied llm-share: The model “counted” may take 1,041 tokens.*1,000 of your 1,000 of it/,
  )
})

served('an answer under way from a model that is closed is cut, and says why', async ({ person, client, endpoint }) => {
  const owner = await person('Owner')
  await toModels(owner)
  const { again } = await running(await client('Analyst'), 'waits', { waiting: 'llm.complete("x", "waiting")' })
  const told = again()
  await expect.poll(() => endpoint.open).toBe(1)
  await openTo(owner, 'waiting', 'nobody')
  await expect.poll(() => endpoint.open).toBe(0)
  expect((await told).waiting).toMatch(/^Denied llm-withdrawn: The model “waiting” was closed to this kernel while it answered/)
})

served('two owners: what was saved meanwhile is said, and the list has it', async ({ person, again }) => {
  const page = await person('Owner')
  await toModels(page)
  await page.getByRole('button', { name: 'Edit counted' }).click()
  const other = await again('Owner')
  const card = (await other.call('GET /api/llm/routes')).routes.find(({ alias }) => alias === 'counted')
  if (!card) throw new Error('a model')
  const body = { rules: { ...card.rules, open: 'readers' as const }, onto: card.version, reason: 'Meanwhile' }
  await other.call('PUT /api/llm/routes/:alias', { params: { alias: 'counted' }, body })
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Late')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Somebody has changed this since you opened it')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(row(page, 'counted')).toContainText('Editors and readers')
})

served(
  'the label of the workspace counts for kernels that run, and who makes tables is what it says',
  async ({ person, client }) => {
    const { again } = await running(await client('Analyst'), 'is in it', {
      default: 'llm.complete("hello", "default")',
      make: 'tables.write("mine", __import__("pandas").DataFrame({"a": [1]}), mode="create") and "made"',
    })
    const owner = await person('Owner')
    await owner.getByRole('link', { name: 'Tables' }).click()
    await place(owner).getByRole('link', { name: 'Access' }).click()
    const region = owner.getByRole('region', { name: 'Workspace' })
    await expect(region).toContainText('Analyst may make tables of their own')
    const edit = async (level: string, reason: string) => {
      await region.getByRole('button', { name: 'Edit the workspace' }).click()
      await owner.getByRole('combobox', { name: 'Level of the workspace' }).selectOption(level)
      await save(owner, reason)
      await expect(region).toContainText(level)
    }
    await region.getByRole('button', { name: 'Edit the workspace' }).click()
    await owner.getByRole('dialog').getByRole('button', { name: 'Remove analyst-makes' }).click()
    await save(owner, 'No more tables')
    await expect(region).not.toContainText('Analyst')
    expect(await again()).toMatchObject({ default: 'hello', make: expect.stringMatching(/^Denied /) })
    await edit('secret', 'All of it is secret now')
    expect((await again()).default).toMatch(/^Denied llm-label: .*counts as secret/)
    await edit('internal', 'As the examples have it')
    expect(await again()).toMatchObject({ default: 'hello' })
  },
)

served('others see the models that they may ask, and may change none', async ({ person, page: outsider, stack }) => {
  const analyst = await person('Analyst')
  await toModels(analyst)
  await expect(row(analyst, 'default')).toContainText('May get internal')
  await expect(analyst.getByRole('button', { name: /^Edit/ })).toHaveCount(0)
  await expect(analyst.getByText('127.0.0.1')).toHaveCount(0)
  await outsider.goto(stack.origin)
  await outsider.getByRole('button', { name: 'Continue as Outsider' }).click()
  await expect(outsider.getByRole('button', { name: 'Signed in as Outsider' })).toBeVisible()
  await outsider.goto(`${stack.origin}/models`)
  await expect(outsider.getByRole('heading', { name: 'There is nothing here for you' })).toBeVisible()
})
