// A product of its own, in which somebody listens to all that each browser receives; and one person's every question, asked of it.
import type { Page } from '@playwright/test'
import { CALLS, type Call } from '#protocol/calls.ts'
import type { Client } from './client.ts'
import { test as base, type Role } from './fixtures.ts'
import { Overheard, type Piece } from './overheard.ts'
import { startStack } from './stack.ts'

export type Listening = { readonly page: Page; readonly heard: Overheard }

export const test = base.extend<{ listening(role: Role): Promise<Listening> }>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const stack = await startStack()
      await use(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  listening: async ({ browser, stack }, use) => {
    const contexts: { close(): Promise<void> }[] = []
    await use(async (role) => {
      const context = await browser.newContext()
      contexts.push(context)
      const heard = await Overheard.to(context)
      const page = await context.newPage()
      await page.goto(stack.origin)
      await page.getByRole('button', { name: `Continue as ${role}` }).click()
      await page.getByRole('button', { name: `Signed in as ${role}` }).waitFor()
      return { page, heard }
    })
    for (const context of contexts) await context.close()
  },
})
test.use({ trace: 'off', screenshot: 'off' }) // they keep what is shown

/** Of each word in a path of the REST table, those that are asked for. */
export type Subjects = Readonly<Record<string, readonly string[]>>

/** What somebody is answered who asks for everything there is to ask for, refusals included. */
export async function answers(who: Client, subjects: Subjects): Promise<Piece[]> {
  const found: Piece[] = []
  await who.renew()
  for (const call of Object.keys(CALLS).filter((call) => call.startsWith('GET ')) as Call[])
    for (const params of combinations(call, subjects)) {
      const response = await who.raw(call, { params })
      if ([401, 429].includes(response.status)) throw new Error(`${call} was not answered: ${response.status}`)
      found.push({ where: `${call} ${JSON.stringify(params)}`, bytes: Buffer.from(await response.arrayBuffer()) })
    }
  return found
}

function combinations(call: Call, subjects: Subjects): Record<string, string>[] {
  const words = [...call.matchAll(/:(\w+)/g)].map(([, word = '']) => word)
  return words.reduce<Record<string, string>[]>(
    (all, word) => {
      const values = subjects[word]
      if (values === undefined) throw new Error(`nobody said which ${word} to ask for: ${call}`)
      return all.flatMap((params) => values.map((value) => ({ ...params, [word]: value })))
    },
    [{}],
  )
}
