// Presses wait until what they are to reach is drawn. A notebook's frame is drawn by a process of its own: what comes to lie where it was (a
// panel, a dialog) stands in the document some 60 ms before the browser gives it the presses there. No person presses what they do not see.
import { type Browser, type CDPSession, type Locator, type Page, test as plain } from '@playwright/test'

const PRESSES = ['click', 'dblclick', 'check', 'uncheck', 'hover'] as const
type Press = (this: Locator, options?: { readonly force?: boolean; readonly timeout?: number }) => Promise<void>

export const test = plain.extend<object, { browser: Browser }>({
  browser: [
    async ({ browser }, use) => {
      await patient(browser)
      await use(browser)
    },
    { scope: 'worker' },
  ],
})

async function patient(browser: Browser): Promise<void> {
  const page = await browser.newPage()
  const locators: Record<(typeof PRESSES)[number], Press> = Object.getPrototypeOf(page.locator('html'))
  await page.close()
  for (const name of PRESSES) {
    const press = locators[name]
    locators[name] = async function (options = {}) {
      if (!options.force) await this.waitFor(options.timeout === undefined ? {} : { timeout: options.timeout })
      await drawn(this.page())
      await press.call(this, options)
    }
  }
}

const sessions = new WeakMap<Page, Promise<CDPSession>>()

/** A picture of a page is taken of its next frame, once that is on the screen. */
async function drawn(page: Page): Promise<void> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page)
  sessions.set(page, session)
  const picture = session.then((open) =>
    open.send('Page.captureScreenshot', { format: 'jpeg', quality: 1, optimizeForSpeed: true }),
  )
  await picture.catch(() => undefined) // the page has gone: the press says so
}
