// Automated accessibility checks of each page, in both themes, and the journey by keyboard alone.
import AxeBuilder from '@axe-core/playwright'
import { expect, kernel, link, list, notebookOf, type Page, test } from './fixtures.ts'

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(TAGS).exclude('iframe').analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

for (const theme of ['light', 'dark'] as const) {
  test(`sign-in, list and an opened notebook, ${theme}`, async ({ page, stack, client }) => {
    await (await client('Analyst')).notebook(`seen in ${theme}`, notebookOf('1'))
    await page.emulateMedia({ colorScheme: theme })
    await page.goto(stack.origin)
    await expect(page.getByRole('button', { name: 'Continue as Analyst' })).toBeVisible()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Continue as Analyst' }).click()
    await expect(list(page)).toBeVisible()
    expect(await violations(page)).toEqual([])
    await link(page, `seen in ${theme}`).click()
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
    expect(await violations(page)).toEqual([])
  })
}

test('from sign-in to an opened notebook and back by keyboard alone', async ({ page, stack, client }) => {
  await (await client('Analyst')).notebook('by keyboard', notebookOf('1'))
  await page.goto(stack.origin)
  await page.getByRole('button', { name: 'Continue as Analyst' }).focus()
  await page.keyboard.press('Enter')
  await expect(list(page)).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search notebooks' }).focus()
  await page.keyboard.type('by keyboard')
  await expect(list(page).getByRole('link')).toHaveCount(1)
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press('Tab')
    if (await link(page, 'by keyboard').evaluate((element) => element === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await page.goBack()
  await expect(list(page)).toBeVisible()
})
