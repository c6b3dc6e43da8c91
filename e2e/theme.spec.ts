// One theme: the shell's, in the notebook too, without loading anything again.
import { expect, type FrameLocator, frameOf, kernel, notebookOf, openNotebook, type Page, test } from './fixtures.ts'

type Choice = 'As the system' | 'Light' | 'Dark'

async function choose(page: Page, theme: Choice): Promise<void> {
  await page.getByRole('button', { name: 'Signed in as Analyst' }).click()
  await page.getByRole('menuitem', { name: 'Preferences' }).click()
  await page.getByRole('dialog').getByText(theme, { exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

/** How light the page and the editor are drawn: 0 is black, 1 is white. */
const lightness = (frame: FrameLocator): Promise<number[]> =>
  frame
    .locator('.cm-editor')
    .first()
    .evaluate((editor) => {
      const canvas = document.createElement('canvas').getContext('2d')
      return [document.body, editor].map((element) => {
        if (!canvas) return Number.NaN
        canvas.fillStyle = getComputedStyle(element).backgroundColor
        canvas.fillRect(0, 0, 1, 1)
        const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data
        return (red + green + blue) / 3 / 255
      })
    })
const isDark = async (frame: FrameLocator) => (await lightness(frame)).every((value) => value < 0.35)
const isLight = async (frame: FrameLocator) => (await lightness(frame)).every((value) => value > 0.9)

test('the notebook follows the shell’s theme and the system’s, live, in the same frame', async ({ person, client }) => {
  await (await client('Analyst')).notebook('themed', notebookOf("'a'"))
  const page = await person('Analyst')
  await page.emulateMedia({ colorScheme: 'light' })
  const frame = await openNotebook(page, 'themed')
  const element = page.locator('iframe[title="Notebook themed"]')
  const address = await element.getAttribute('src')
  await expect.poll(() => isLight(frame)).toBe(true)

  await choose(page, 'Dark')
  await expect.poll(() => isDark(frame)).toBe(true)
  await choose(page, 'As the system')
  await expect.poll(() => isLight(frame)).toBe(true)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(() => isDark(frame)).toBe(true)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(() => isLight(frame)).toBe(true)
  expect(await element.getAttribute('src')).toBe(address)
})

test('a frame that was made ready in light opens dark, and a reload stays dark', async ({ person, client }) => {
  const mine = await client('Analyst')
  await mine.notebook('first in light', notebookOf("'a'"))
  await mine.notebook('then in dark', notebookOf("'b'"))
  const page = await person('Analyst')
  await page.emulateMedia({ colorScheme: 'light' })
  await openNotebook(page, 'first in light')
  await expect(page.locator('iframe:not([title])')).toHaveCount(1) // the warm frame of the next notebook
  await choose(page, 'Dark')
  await page.goBack()
  const frame = await openNotebook(page, 'then in dark')
  await expect.poll(() => isDark(frame)).toBe(true)
  await page.reload()
  await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  await expect.poll(() => isDark(frameOf(page, 'then in dark')), { timeout: 30_000 }).toBe(true)
  await choose(page, 'As the system') // the choice is the person's, and stays
})
