// Artefacts from real kernels to the page: what was saved, as what it counts, who opens it, and what a browser makes of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Client } from './client.ts'
import { expect, notebookOf, type Page, test } from './fixtures.ts'

const ATTEMPTS = readFileSync(join(import.meta.dirname, 'artefacts.py'), 'utf8').trim()
const SAVED = ['contacts.txt', 'page.html', 'chart', 'plot', 'delays'] // the newest first

/** What the code's last value says. */
async function tried(who: Client, mode: 'auto' | 'run' = 'auto'): Promise<unknown> {
  const { id } = await who.notebook(`saves, ${mode}`, notebookOf(ATTEMPTS))
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  await kernel.until('what came of it', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('TRIED:'))
  const seen = kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
  return JSON.parse(Buffer.from(/TRIED:([\w+/=]+):/.exec(seen)?.[1] ?? '', 'base64').toString())
}

async function toArtefacts(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tables' }).click()
  await page.getByRole('navigation', { name: 'Managed data' }).getByRole('link', { name: 'Artefacts' }).click()
  await expect(page.getByRole('heading', { name: 'Artefacts', exact: true })).toBeVisible()
}
const artefacts = (page: Page) => page.getByRole('table', { name: 'Artefacts' })
const named = (page: Page, name: string) => artefacts(page).getByRole('row', { name })
async function act(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: item }).click()
}
const reason = async (page: Page, text: string) => {
  await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill(text)
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
}

test.afterEach(async ({ again }) => {
  for (const role of ['Analyst', 'Colleague'] as const) {
    const who = await again(role)
    for (const { id, may } of await who.call('GET /api/artefacts'))
      if (may.remove) await who.call('DELETE /api/artefacts/:artefact', { params: { artefact: id } })
  }
})

test('what a notebook saves is on the page with its label, and its maker’s alone until it is released', async ({
  person,
  client,
}) => {
  const own = (kind: string) => [kind, 'internal', 'Analyst']
  expect(await tried(await client('Analyst'))).toEqual({
    table: own('table'),
    picture: own('picture'),
    chart: own('chart'),
    file: own('file'),
    'no name': expect.stringMatching(/^Invalid: The name has 1 to 200 characters/),
    listed: ['chart', 'delays', 'page.html', 'plot'],
    'after contacts': ['file', 'confidential · PII', 'Analyst'],
    'released by a kernel': 'not-a-call',
  })
  const page = await person('Analyst')
  await toArtefacts(page)
  const names = artefacts(page).locator('tbody .font-medium')
  await expect(names).toHaveText(SAVED)
  await expect(named(page, 'contacts.txt')).toContainText('confidential · PII')
  await expect(named(page, 'delays')).toContainText('Yours alone')

  await act(page, 'contacts.txt', 'What it was made from')
  const inputs = page.getByRole('list', { name: 'Made from' })
  await expect(inputs).toContainText('compliance_authorities, read as confidential · PII under version 1 of its rules')
  await page.keyboard.press('Escape')

  for (const name of ['delays', 'contacts.txt']) {
    await act(page, name, 'Release …')
    await page.getByRole('checkbox', { name: 'everybody in the workspace' }).check()
    await reason(page, 'The team needs it')
    await expect(named(page, name)).toContainText('Released to everybody in the workspace')
  }

  const other = await person('Colleague')
  await toArtefacts(other)
  await expect(artefacts(other).locator('tbody .font-medium')).toHaveText(['delays']) // cleared for internal only
  const [download] = await Promise.all([other.waitForEvent('download'), act(other, 'delays', 'Download')])
  expect(download.suggestedFilename()).toBe('delays.parquet')
  const body = readFileSync(await download.path())
  expect(body.subarray(0, 4).toString()).toBe('PAR1')
  await other.getByRole('button', { name: 'Actions for delays' }).click()
  await expect(other.getByRole('menuitem', { name: 'Remove' })).toBeDisabled()
})

test('a picture is shown as an image of its own; it is lowered by a grant, with a reason', async ({ person, client }) => {
  await tried(await client('Analyst'))
  const page = await person('Analyst')
  await toArtefacts(page)
  await act(page, 'plot', 'Show')
  const image = page.getByRole('dialog').getByRole('img', { name: 'plot' })
  await expect(image).toHaveJSProperty('naturalWidth', 200)
  await page.keyboard.press('Escape')

  await act(page, 'contacts.txt', 'Release …')
  await page.getByRole('checkbox', { name: 'Owner' }).check()
  await reason(page, 'To be declassified')
  await act(page, 'contacts.txt', 'Classify …')
  await page.getByRole('combobox', { name: 'Level of “contacts.txt”' }).selectOption('internal')
  await page.getByRole('textbox', { name: 'Reason' }).fill('It holds nothing')
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('needs a grant to declassify')

  const owner = await person('Owner')
  await toArtefacts(owner)
  await act(owner, 'contacts.txt', 'Classify …')
  await owner.getByRole('combobox', { name: 'Level of “contacts.txt”' }).selectOption('internal')
  await owner.getByRole('textbox', { name: 'Markings of “contacts.txt”' }).fill('')
  await reason(owner, 'It holds nothing')
  await expect(named(owner, 'contacts.txt')).toContainText('internal')
})

test('a reader’s kernel saves and lists nothing', async ({ client }) => {
  const said = expect.stringMatching(/^Denied: Who reads a notebook changes nothing from it/)
  expect(await tried(await client('Analyst'), 'run')).toMatchObject({ table: said, file: said, listed: said })
})

for (const theme of ['light', 'dark'] as const) {
  test(`the page is accessible, ${theme}`, async ({ person, client }) => {
    await tried(await client('Analyst'))
    const page = await person('Analyst')
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await toArtefacts(page)
    await expect(artefacts(page)).toBeVisible()
    const wrong = async () =>
      (await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()).violations.map(
        ({ id }) => id,
      )
    expect(await wrong()).toEqual([])
    await act(page, 'delays', 'Release …')
    await expect(page.getByRole('dialog')).toBeVisible()
    expect(await wrong()).toEqual([])
  })
}
