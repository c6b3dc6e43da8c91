// Where kernels cannot be isolated: a machine without bubblewrap. What is said, and who may be there at once.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from '@playwright/test'
import { test } from './drawn.ts'
import { expect, kernel, list, openNotebook, type Page, type Role, runAll, signIn } from './fixtures.ts'
import { type Stack, startStack } from './stack.ts'

const MISSING = ['bwrap', 'apt-get'] // and nobody to install it
const BANNER = 'Isolation level 1: kernels are not kept apart on this server.'

/** A folder of links to every program of this machine but the missing ones. */
function programs(folder: string): string {
  mkdirSync(folder)
  const found = new Map<string, string>()
  for (const place of (process.env.PATH ?? '').split(':'))
    for (const name of entries(place)) if (!found.has(name) && !MISSING.includes(name)) found.set(name, join(place, name))
  for (const [name, path] of found) symlinkSync(path, join(folder, name))
  return folder
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // PATH names what is not there
  }
}

const served = test.extend<{ flags: string[]; weak: Stack; enter: (role: Role) => Promise<Page>; visit: () => Promise<Page> }>({
  flags: [[], { option: true }],
  weak: async ({ flags }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'scrydon-level-'))
    mkdirSync(join(folder, 'examples'))
    writeFileSync(
      join(folder, 'examples', 'one.py'),
      'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    1 + 1\n    return\n\n\n@app.cell\ndef _():\n    from scrydon import tables\n    tables.list()\n    return\n',
    )
    writeFileSync(join(folder, 'examples', 'script.py'), 'print(1)\n')
    const env = { PATH: programs(join(folder, 'bin')), SCRYDON_EXAMPLES: join(folder, 'examples') }
    const stack = await startStack({ env, flags })
    await use(stack)
    await stack.stop()
    rmSync(folder, { recursive: true, force: true })
  },
  visit: async ({ browser }, use) => {
    const contexts: Awaited<ReturnType<Browser['newContext']>>[] = []
    await use(async () => {
      const context = await browser.newContext()
      contexts.push(context)
      return context.newPage()
    })
    for (const context of contexts) await context.close()
  },
  enter: async ({ visit, weak }, use) => {
    await use(async (role) => signIn(await visit(), weak.origin, role))
  },
})

served.describe.configure({ timeout: 240_000 }) // each starts and ends a product of its own

const red = (page: Page) => page.getByRole('alert').filter({ hasText: BANNER })

served(
  'the level is said at the start, by /healthz and in the page, with the one package that is missing; a kernel runs',
  async ({ weak, enter }, info) => {
    await expect.poll(() => weak.log('start')).toContain('Ctrl+C stops it.')
    const said = weak.log('start')
    expect(said).toContain('isolation level 1 of 3\n')
    expect(said.match(/apt-get install/g)).toHaveLength(1)
    expect(said).toContain('bubblewrap is not installed')
    expect(said).toContain('one person at a time may sign in')
    expect(said).toMatch(/managed tables, the library and language models are off in notebooks: they need level 2.*start again\n/)
    expect(said).toContain(`1 example notebooks from`)
    expect(said).toContain('script.py: not-a-notebook')
    expect(said).toMatch(/^Nothing to set up\.$/m) // the tests' own set-up came before
    const health = await weak.health()
    expect(health?.isolation).toEqual({ level: 1, why: [expect.stringContaining('bubblewrap is not installed')] })

    const owner = await enter('Owner')
    await expect(red(owner)).toContainText('apt-get install bubblewrap')
    await owner.screenshot({ path: info.outputPath('level-1.png') })
    await openNotebook(owner, 'one')
    await expect(kernel(owner)).toHaveText('ready')
  },
)

served(
  'one person at a time: who comes is asked, who was there stays or is told who took the place',
  async ({ weak, enter, visit }, info) => {
    const owner = await enter('Owner')
    const other = await visit()
    await other.goto(weak.origin)
    await other.getByRole('button', { name: 'Continue as Analyst' }).click()
    const question = other.getByRole('alertdialog', { name: 'Sign the other person out?' })
    await expect(question).toContainText(
      'Owner is signed in; this machine serves one person at a time because kernels are not isolated.',
    )
    await other.screenshot({ path: info.outputPath('asked.png') })
    await question.getByRole('button', { name: 'Cancel' }).click()
    await expect(question).toBeHidden()
    await owner.reload()
    await expect(list(owner)).toBeVisible()

    await other.getByRole('button', { name: 'Continue as Analyst' }).click()
    await question.getByRole('button', { name: 'Sign out and continue as Analyst' }).click()
    await expect(list(other)).toBeVisible()
    await expect(owner.getByText('Analyst has signed in; this machine serves one person at a time')).toBeVisible()
    await expect(owner.getByRole('button', { name: 'Continue as Owner' })).toBeVisible()
    await owner.screenshot({ path: info.outputPath('told.png') })
  },
)

served.describe('with --insecure-shared-kernels', () => {
  served.use({ flags: ['--insecure-shared-kernels'] })

  served('several may sign in, each under the red banner', async ({ weak, enter }, info) => {
    const people = [await enter('Owner'), await enter('Analyst')]
    for (const page of people) {
      await page.reload()
      await expect(list(page)).toBeVisible()
      await expect(red(page)).toBeVisible()
    }
    await people[1]?.screenshot({ path: info.outputPath('shared.png') })
    await expect.poll(() => weak.log('start')).toContain('! several people may sign in although their kernels are not isolated')
    expect(weak.log('start')).toContain('--insecure-shared-kernels does not switch them on')

    const [owner] = people
    if (!owner) throw new Error('nobody is there')
    const frame = await openNotebook(owner, 'one')
    await runAll(frame)
    const told = 'Governed data is not available on this server: kernels are not isolated from each other here'
    await expect(frame.locator('body')).toContainText(told)
    await expect(frame.locator('body')).toContainText('bubblewrap is not installed: install the package "bubblewrap"')
  })
})
