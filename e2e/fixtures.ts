// What every spec starts from: a running product (one per worker), people signed in in browsers of their own, notebooks.
import { type BrowserContext, expect, type Frame, type FrameLocator, type Locator, type Page } from '@playwright/test'
import { Client, type Role } from './client.ts'
import { test as base } from './drawn.ts'
import { leftovers, living } from './leftovers.ts'
import { type Stack, startStack } from './stack.ts'

export type { Role, Stack }
export { expect, type FrameLocator, type Page }

const START = 60_000 // a kernel's first start in a test, on two busy cores

type Fixtures = {
  /** A page of a person who has just signed in, in a browser context of their own. */
  person(role: Role): Promise<Page>
  /** The same person without a browser, for arranging. */
  client(role: Role): Promise<Client>
  swept: undefined
  failures: undefined
}

type Kept = {
  stack: Stack
  /** Somebody who stays signed in from test to test: signing in is rationed. */
  again(role: Role): Promise<Client>
}

export const test = base.extend<Fixtures, Kept>({
  stack: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const stack = await startStack()
      await use(stack)
      const before = living(stack)
      const ended = await stack.end()
      const left = await leftovers(stack, before)
      await stack.stop()
      expect({ ended, left }, 'what the stack leaves when it is stopped').toEqual({ ended: true, left: [] })
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  again: [
    async ({ stack }, use) => {
      const known = new Map<Role, Client>()
      await use(async (role) => {
        const client = known.get(role) ?? new Client(stack.origin)
        await (known.has(role) ? client.renew().catch(() => client.signIn(role)) : client.signIn(role))
        known.set(role, client)
        return client
      })
    },
    { scope: 'worker' },
  ],
  person: async ({ browser, stack }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (role) => {
      const context = await browser.newContext({ acceptDownloads: true })
      contexts.push(context)
      return signIn(await context.newPage(), stack.origin, role)
    })
    for (const context of contexts) await context.close()
  },
  client: async ({ stack }, use) => {
    const clients: Client[] = []
    await use(async (role) => {
      const client = await new Client(stack.origin).signIn(role)
      clients.push(client)
      return client
    })
    for (const client of clients) client.leave()
  },
  /** Leaves the next test no kernel (a person may have eight) and no notebook whose name it may want, and settings as they were. */
  swept: [
    async ({ again }, use) => {
      const kept = await notebooks(await again('Owner'))
      await use(undefined)
      for (const role of ['Owner', 'Analyst', 'Colleague'] as const) await sweep(await again(role), kept)
    },
    { auto: true },
  ],
  failures: [
    async ({ stack }, use, info) => {
      await use(undefined)
      if (info.status === info.expectedStatus) return
      for (const name of ['start', 'gateway', 'runner'] as const)
        await info.attach(`${name}.log`, { body: stack.log(name).slice(-200_000), contentType: 'text/plain' })
    },
    { auto: true },
  ],
})

/** The examples, which every test finds: each is the owner's. */
async function notebooks(person: Client): Promise<Set<string>> {
  return new Set((await person.call('GET /api/notebooks')).map(({ id }) => id))
}

async function sweep(person: Client, kept: ReadonlySet<string>): Promise<void> {
  for (const { kernel } of await person.living()) await person.call('POST /api/kernels/:kernel/stop', { params: { kernel } })
  for (const { id, mine } of await person.call('GET /api/notebooks'))
    if (mine && !kept.has(id)) await person.call('DELETE /api/notebooks/:id', { params: { id } })
  await person.call('PUT /api/preferences', { body: { autorun: false, theme: 'system', editor: {} } })
}

/** The preferences of somebody who saves by hand. */
export const BY_HAND = { autorun: false, theme: 'system', editor: { save: { autosave: 'off' } } } as const

export async function signIn(page: Page, origin: string, role: Role): Promise<Page> {
  await page.goto(origin)
  await page.getByRole('button', { name: `Continue as ${role}` }).click()
  await expect(list(page)).toBeVisible()
  return page
}

/** The notebook browser's list: a list or a grid, by its name. */
export function list(page: Page): Locator {
  return page.getByRole('list', { name: 'Notebooks' }).or(page.getByRole('grid', { name: 'Notebooks' }))
}

export const link = (page: Page, name: string): Locator => list(page).getByRole('link', { name, exact: true })
export const kernel = (page: Page): Locator => page.getByRole('status', { name: 'Kernel' })

export function frameOf(page: Page, name: string): FrameLocator {
  return page.frameLocator(`iframe[title="Notebook ${name}"]`)
}

/** The page inside a notebook's frame, where a script of its own can be run. */
export async function inside(page: Page, name: string): Promise<Frame> {
  const frame = await (await page.locator(`iframe[title="Notebook ${name}"]`).elementHandle())?.contentFrame()
  if (!frame) throw new Error(`no frame for ${name}`)
  return frame
}

/** From the list to a kernel that is ready and, in edit mode, an editor that can be typed in. */
export async function openNotebook(page: Page, name: string, state: RegExp = /ready/): Promise<FrameLocator> {
  await link(page, name).click()
  await expect(kernel(page)).toHaveText(state, { timeout: START })
  const frame = frameOf(page, name)
  await expect(frame.locator('.marimo-cell, .output-area, .output').first()).toBeVisible({ timeout: START })
  await swappedIn(page)
  return frame
}

/** The next notebook's frame is swapped in beside this one, which may take a key. `which`: of whom, by a selector. */
export const swappedIn = (page: Page, which = ''): Promise<void> =>
  expect(page.frameLocator(`iframe:not([title])${which}`).locator('#root')).toBeAttached({ timeout: START })

export async function chooseKernel(page: Page, item: 'Interrupt' | 'Restart' | 'Shut down'): Promise<void> {
  await page.getByRole('button', { name: 'Kernel', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

export const cells = (frame: FrameLocator): Locator => frame.locator('.marimo-cell')
export const output = (frame: FrameLocator, index: number): Locator => cells(frame).nth(index).locator('.output-area')

/** Runs what has not run yet, as marimo's own button does, and waits until nothing is left running. */
export async function runAll(frame: FrameLocator): Promise<void> {
  await expect(cells(frame).first()).toBeVisible({ timeout: START }) // its button does nothing before
  await frame.locator('[data-testid="chrome-controls-bottom-right"] [data-testid="run-button"]').click()
  await settled(frame)
}

export async function settled(frame: FrameLocator): Promise<void> {
  await expect(frame.locator('.marimo-cell.needs-run')).toHaveCount(0, { timeout: 60_000 })
  await expect(
    frame.locator('[data-testid="cell-status"][data-status="running"], [data-testid="cell-status"][data-status="queued"]'),
  ).toHaveCount(0, { timeout: 60_000 })
}

/** Replaces a cell's code by typing, and runs it. */
export async function edit(page: Page, frame: FrameLocator, index: number, code: string): Promise<void> {
  await type(page, frame, index, code)
  await page.keyboard.press('Control+Enter')
}

export async function type(page: Page, frame: FrameLocator, index: number, code: string): Promise<void> {
  const editor = cells(frame).nth(index).locator('.cm-content')
  await editor.click()
  await expect(editor).toBeFocused()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(code)
}

/** A cell's source, the way marimo writes a file. */
export function notebookOf(...codes: string[]): string {
  const indented = (code: string) =>
    code
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${line}`))
      .join('\n')
  const bodies = codes.map((code) => `@app.cell\ndef _():\n${indented(code)}\n    return\n`)
  return `import marimo\n\n__generated_with = "0.25.2"\napp = marimo.App()\n\n\n${bodies.join('\n\n')}\n\nif __name__ == "__main__":\n    app.run()\n`
}
