// marimo's data sources panel and its SQL cells, over managed tables: what each person sees of them, and no more.
import { expect, type FrameLocator, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'

const TABLE = 'compliance_authorities'
const CONNECT = 'import marimo as mo\nfrom scrydon import tables\nmanaged = tables.connect()'
const QUERY = `found = mo.sql(f"""
SELECT country, email, phone FROM ${TABLE} WHERE country IN ('DE', 'FR') ORDER BY country
""", engine=managed)`
/** Compares what is masked. */
const COMPARE = `compared = mo.sql(f"""
SELECT country, email, contains(email, 'bfdi') AS is_that FROM ${TABLE} WHERE lower(email) LIKE 'post%'
""", engine=managed)`

const key = (frame: FrameLocator) => frame.locator('[data-key="variables"]').filter({ visible: true }).first()
const sources = (frame: FrameLocator) => frame.locator('[data-testid="helper"]').getByRole('region', { name: 'Data sources' })

async function opened(page: Page): Promise<FrameLocator> {
  const frame = await openNotebook(page, 'sources')
  await runAll(frame)
  if ((await key(frame).getAttribute('aria-selected')) !== 'true') await key(frame).click()
  await page.keyboard.press('Escape') // a driver's press is the start of a drag, too
  await expect(sources(frame)).toContainText('managed')
  return frame
}

for (const { role, sees, hidden } of [
  { role: 'Analyst', sees: ['poststelle@bfdi.bund.de', '+49 228 997799 0', '+33 1 53 73 22 22'], hidden: ['***'] },
  { role: 'Colleague', sees: ['***', '***99 0'], hidden: ['poststelle', '228', '+33'] },
] as const)
  test(`${role} finds the tables in the panel, and asks them in SQL`, async ({ person, client }) => {
    test.setTimeout(240_000)
    await (await client(role)).notebook('sources', notebookOf(CONNECT, QUERY, COMPARE))
    const page = await person(role)
    const frame = await opened(page)
    for (const text of sees) await expect(output(frame, 1)).toContainText(text)
    for (const text of hidden) await expect(output(frame, 1)).not.toContainText(text)
    await expect(output(frame, 2)).toContainText(role === 'Analyst' ? 'poststelle@bfdi.bund.de' : 'No results.')
    await sources(frame).getByRole('option', { name: 'managed tables' }).click()
    const table = sources(frame).getByRole('option', { name: TABLE })
    for (const name of ['airlines', 'airports', 'flights', 'planes', 'weather'])
      await expect(sources(frame).getByRole('option', { name })).toBeVisible()
    await table.click()
    for (const column of ['country', 'authority', 'email', 'phone', 'website'])
      await expect(sources(frame).getByText(column, { exact: true })).toBeVisible()
  })
