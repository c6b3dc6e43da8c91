// The demo accounts, and what each role sees first.
import { expect, list, notebookOf, openNotebook, test } from './fixtures.ts'

const ROLES = ['Owner', 'Analyst', 'Colleague', 'Auditor', 'Outsider'] as const

test('every demo account is offered, and a member who signs in sees the examples', async ({ page, stack, person }) => {
  await page.goto(stack.origin)
  for (const role of ROLES) await expect(page.getByRole('button', { name: `Continue as ${role}` })).toBeVisible()
  const analyst = await person('Analyst')
  await expect(list(analyst).getByRole('link', { name: 'welcome', exact: true })).toBeVisible()
})

test('somebody outside the workspace sees none of its notebooks and gets the same answer for one that is there and one that is not', async ({
  page,
  stack,
  client,
}) => {
  await page.goto(stack.origin)
  await page.getByRole('button', { name: 'Continue as Outsider' }).click()
  await expect(page.getByText('You are not a member of this workspace')).toBeVisible()
  await expect(page.getByRole('link', { name: 'welcome', exact: true })).toHaveCount(0)

  const there = (await (await client('Owner')).find('welcome')).id
  const outsider = await client('Outsider')
  const answers = []
  for (const id of [there, 'n_AAAAAAAAAAAAAAAA']) {
    const response = await outsider.raw('GET /api/notebooks/:id', { params: { id } })
    const { code, message } = (await response.json()) as { code: string; message: string }
    answers.push({ status: response.status, code, message })
  }
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0]?.status).toBe(404)
})

test('a browser that does not keep the sign-in cookie is told so', async ({ page, stack }) => {
  await page.route('**/api/sign-in', (route) => {
    const { account } = route.request().postDataJSON() as { account: string }
    return route.fulfill({ json: { id: account, name: 'Analyst' } }) // as the server answers, without the cookie
  })
  await page.goto(stack.origin)
  await page.getByRole('button', { name: 'Continue as Analyst' }).click()
  await expect(page.getByRole('alert')).toContainText('This browser did not keep the sign-in cookie. Allow cookies')
  await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeEnabled()
})

test('signing out ends the session in every tab', async ({ person, stack }) => {
  const page = await person('Colleague')
  const other = await page.context().newPage()
  await other.goto(stack.origin)
  await expect(list(other)).toBeVisible()
  await page.getByRole('button', { name: 'Signed in as Colleague' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Continue as Colleague' })).toBeVisible()
  await expect(other.getByRole('button', { name: 'Continue as Colleague' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('button', { name: 'Continue as Colleague' })).toBeVisible()
})

test('signing out takes the pages of every notebook with it; the next person in the same window starts with none', async ({
  person,
  client,
}) => {
  await (await client('Colleague')).notebook('goes along', notebookOf("'mine alone'"))
  const page = await person('Colleague')
  await openNotebook(page, 'goes along')
  await page.getByRole('button', { name: 'Signed in as Colleague' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeVisible()
  await expect(page.locator('iframe')).toHaveCount(0)
  await page.getByRole('button', { name: 'Continue as Analyst' }).click()
  await expect(page.getByRole('button', { name: 'Signed in as Analyst' })).toBeVisible()
  await expect(page.locator('iframe[title="Notebook goes along"]')).toHaveCount(0)
})

test('a call without the bearer, from another origin or with a cookie alone is refused', async ({ client, stack }) => {
  const owner = await client('Owner')
  const ask = (headers: Record<string, string>) =>
    fetch(`${stack.origin}/api/notebooks`, { headers }).then(({ status }) => status)
  expect(await ask({})).toBe(401)
  expect(await ask({ authorization: 'Bearer made-up' })).toBe(401)
  expect(await ask({ authorization: `Bearer ${owner.bearer}`, origin: stack.origin })).toBe(200)
  expect(await ask({ authorization: `Bearer ${owner.bearer}`, origin: 'http://localhost.evil.example' })).toBe(403)
})
