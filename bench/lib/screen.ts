// Moments in a real browser: a press, and what is on the screen after it. Looked at in each animation frame; a locator's own waiting looks
// every half second.
import type { Frame, Locator, Page } from '@playwright/test'

/** The moment of the press itself: what a driver does before it presses is not the product's. */
export async function pressed(link: Locator): Promise<number> {
  const press = link.evaluate(
    (element) => new Promise((done) => element.addEventListener('click', () => done(0), { once: true })),
  )
  const began = press.then(() => performance.now())
  await link.click()
  return began
}

export async function notebookFrame(page: Page, name: string): Promise<Frame> {
  const element = await page.waitForSelector(`iframe[title="Notebook ${name}"]`, { state: 'attached' })
  const frame = await element.contentFrame()
  if (frame === null) throw new Error('the frame has no page')
  return frame
}

export async function until<T>(at: Page | Frame, looks: (given: T) => boolean, given: T): Promise<void> {
  await at.waitForFunction(looks as never, given as never, { polling: 'raf', timeout: 60_000 })
}
