// A notebook that somebody else has changed opens restricted: nothing of it runs by itself, and what is run changes nothing, until its editor trusts it.
import { cells, chooseKernel, edit, expect, frameOf, kernel, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const NOTEBOOK = 'widgets'
const ASKS = `from scrydon import llm
try:
    asked = f"models: {len(llm.models())}"
except Exception as error:
    asked = str(error)
asked`

const trust = (page: Page) => page.getByRole('button', { name: 'Trust this version' })
const restricted = (page: Page) => page.getByText('Somebody else has changed this notebook.')
const saved = (page: Page) => page.getByRole('status', { name: 'Save' })

test('somebody else’s change: nothing runs by itself, a model is not asked, and then it is trusted', async ({
  person,
  client,
}) => {
  const owner = await client('Owner')
  await owner.call('PUT /api/preferences', { body: { autorun: true, theme: 'system', editor: {} } })
  const { id } = await owner.find(NOTEBOOK)
  const before = (await owner.call('GET /api/notebooks/:id/versions', { params: { id } })).at(0)?.id ?? ''
  const colleague = await person('Colleague')
  const theirs = await openNotebook(colleague, NOTEBOOK)
  await expect(restricted(colleague)).toBeHidden() // an example as it was brought
  await edit(colleague, theirs, 1, ASKS)
  await expect(output(theirs, 1)).not.toBeEmpty()
  await expect(saved(colleague)).toHaveText(/^Saved/, { timeout: 30_000 })
  await chooseKernel(colleague, 'Shut down')
  await expect(kernel(colleague)).toHaveText(/stopped/i)
  await expect.poll(async () => (await owner.find(NOTEBOOK)).editor, { timeout: 30_000 }).toBeNull()

  const page = await person('Owner')
  const frame = await openNotebook(page, NOTEBOOK)
  await expect(restricted(page)).toBeVisible()
  await expect(cells(frame).nth(1)).toHaveClass(/needs-run/) // although Owner's own notebooks run when they are opened
  await runAll(frame)
  await expect(output(frame, 1)).toContainText('somebody else’s change that you have not trusted yet')
  await edit(page, frame, 1, `${ASKS} + " again"`)
  await expect(output(frame, 1)).toContainText('again')
  await expect(saved(page)).toHaveText(/^Saved/, { timeout: 30_000 })

  await trust(page).click()
  await expect(restricted(page)).toBeHidden({ timeout: 60_000 })
  const trusted = frameOf(page, NOTEBOOK)
  await expect(output(trusted, 1)).toContainText('again', { timeout: 60_000 }) // it is theirs, and runs by itself
  await expect(output(trusted, 1)).not.toContainText('trusted')
  await chooseKernel(page, 'Shut down')
  await owner.call('PUT /api/preferences', { body: { autorun: false, theme: 'system', editor: {} } })
  await owner.call('POST /api/notebooks/:id/versions/:version/restore', { params: { id, version: before } }) // as it is for the next test
})
