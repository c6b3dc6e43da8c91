// What frames of one browser can leave for each other. Hosts under one content domain are one site to a browser: they share
// its cache, which makes opening fast, and its jar of cookies. docs/security.md says what that leaves; here is its size.
import type { Frame } from '@playwright/test'
import { Client } from './client.ts'
import { test as plain } from './drawn.ts'
import { expect, inside, notebookOf, openNotebook, signIn, test } from './fixtures.ts'
import { portPair, Stack } from './stack.ts'

const plant = (frame: Frame, name: string, value: string) =>
  frame.evaluate(
    ([key, text]) => {
      const site = location.hostname.split('.').slice(1).join('.')
      for (const domain of ['', `; Domain=${site}`, '; Domain=localhost']) {
        // biome-ignore lint/suspicious/noDocumentCookie: as a hostile script would
        document.cookie = `${key}=${text}; Path=/; SameSite=None; Secure; Partitioned${domain}`
      }
    },
    [name, value],
  )
/** Just below the 10 KiB that Chromium keeps of one site, at one go: the next warm frame's page empties the jar. */
const fill = (frame: Frame) =>
  frame.evaluate(() => {
    for (let i = 0; i < 45; i++) {
      // biome-ignore lint/suspicious/noDocumentCookie: as a hostile script would
      document.cookie = `c${i}=${'x'.repeat(200)}; Path=/; SameSite=None; Secure; Partitioned`
    }
    return document.cookie.length
  })
const jar = (frame: Frame) => frame.evaluate(() => document.cookie)

test('a frame that fills the jar bricks nothing: the next notebook opens, with an empty one', async ({ person, client }) => {
  const colleague = await client('Colleague')
  for (const name of ['filler', 'after the filler']) await colleague.notebook(name, notebookOf('"here"'))
  const page = await person('Colleague')
  await openNotebook(page, 'filler')
  const first = await inside(page, 'filler')
  await expect.poll(() => fill(first)).toBeGreaterThan(8 * 1024) // a warm page that loads meanwhile empties it
  await page.reload() // the warm frame of before was loaded with an empty jar
  await page.goBack()
  await openNotebook(page, 'after the filler')
  expect(await jar(await inside(page, 'after the filler'))).toBe('')
})

plain('where each label is a site of its own, frames have no jar in common', async ({ browser }) => {
  plain.setTimeout(180_000)
  const port = await portPair()
  const stack = new Stack(port, { env: { SCRYDON_FRAMES: `http://*.localhost:${port + 1}` } })
  try {
    await stack.start()
    const colleague = await new Client(stack.origin).signIn('Colleague')
    for (const name of ['one', 'two']) await colleague.notebook(name, notebookOf('"here"'))
    const page = await signIn(await browser.newPage(), stack.origin, 'Colleague')
    await openNotebook(page, 'one')
    await page.goBack()
    await openNotebook(page, 'two')
    const [one, two] = [await inside(page, 'one'), await inside(page, 'two')]
    await plant(one, 'mark', 'left')
    expect(await jar(one)).toBe('mark=left')
    expect(await jar(two)).toBe('')
  } finally {
    await stack.stop()
  }
})
