// Artefacts from real kernels to the page: what was saved, as what it counts, who opens it, and what a browser makes of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Client } from './client.ts'
import { expect, notebookOf, type Page, test } from './fixtures.ts'

const ATTEMPTS = readFileSync(join(import.meta.dirname, 'artefacts.py'), 'utf8').trim()
const SAVED = ['contacts.txt', 'page.html', 'chart', 'plot', 'delays'] // the newest first

/** What the code's last value says. */
async function tried(who: Client, mode: 'auto' | 'run' = 'auto', code = ATTEMPTS): Promise<unknown> {
  const { id } = await who.notebook(`saves, ${mode}`, notebookOf(code))
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
const named = (page: Page, name: string) =>
  artefacts(page)
    .getByRole('row')
    .filter({ has: page.getByText(name, { exact: true }) })
/** Of what was saved; a table's is a link. */
const names = (page: Page) => artefacts(page).locator('tbody span.font-medium')
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
  await expect(names(page)).toHaveText(SAVED)
  await expect(named(page, 'contacts.txt')).toContainText('confidential · PII')
  await expect(named(page, 'delays')).toContainText('Yours alone')

  await act(page, 'contacts.txt', 'What it was made from')
  const inputs = page.getByRole('list', { name: 'Made from' })
  await expect(inputs).toHaveText(/^compliance_authorities, read as confidential · PII under version \d+ of its rules$/)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

  for (const name of ['delays', 'contacts.txt']) {
    await act(page, name, 'Release …')
    await expect(page.getByRole('checkbox', { name: 'Colleague' })).toBeVisible()
    for (const nobody of ['Auditor', 'Outsider']) await expect(page.getByRole('checkbox', { name: nobody })).toBeHidden()
    await page.getByRole('checkbox', { name: 'everybody in the workspace' }).check()
    await reason(page, 'The team needs it')
    await expect(named(page, name)).toContainText('Released to everybody in the workspace')
  }

  const other = await person('Colleague')
  await toArtefacts(other)
  await expect(names(other)).toHaveText(['delays']) // cleared for internal only
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
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

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

const MADE = `
import base64
import json
import pandas as pd
from scrydon import tables
tables.read("airports", limit=1)
written = tables.write("NAME", pd.DataFrame({"a": [1]}), mode="create")
"TRIED:" + base64.b64encode(json.dumps(written.name).encode()).decode() + ":"`

test('a table that a notebook makes is there with its label, inputs and maker, for who may read it', async ({
  person,
  client,
}) => {
  const name = `made_${Date.now()}`
  expect(await tried(await client('Analyst'), 'auto', MADE.replace('NAME', name))).toBe(`demo-analyst.${name}`)
  const page = await person('Analyst')
  await toArtefacts(page)
  const row = named(page, `demo-analyst.${name}`)
  await expect(row).toContainText('internal')
  await expect(row).toContainText('Analyst')
  await act(page, `demo-analyst.${name}`, 'What it was made from')
  await expect(page.getByRole('list', { name: 'Made from' })).toHaveText(
    /^airports, read as internal under version 1 of its rules$/,
  )
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await row.getByRole('link').click()
  await expect(page.getByRole('heading', { name: `demo-analyst.${name}` })).toBeVisible()

  const other = await person('Owner')
  await toArtefacts(other)
  await expect(other.getByText('No artefacts yet')).toBeVisible()
})

test('saved again, unchanged, it is the one that there is', async ({ client }) => {
  const who = await client('Analyst')
  const code = `
from scrydon import artifacts
ids = {artifacts.save(b"the same", "same").id for _ in range(3)}
import base64
"TRIED:" + base64.b64encode(str(len(ids)).encode()).decode() + ":"`
  expect(await tried(who, 'auto', code)).toBe(1)
  expect(await who.call('GET /api/artefacts')).toMatchObject([{ name: 'same', bytes: 8 }])
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
