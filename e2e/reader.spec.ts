// The page of who reads a notebook: their own run, how far it is, what of it they may not see and whom to ask, its end and its next.
import type { Page } from '@playwright/test'
import type { Client } from './client.ts'
import { expect, type FrameLocator, frameOf, kernel, link, notebookOf, openNotebook, runAll, test } from './fixtures.ts'

const START = 60_000
const COLLEAGUE = 'p_demo-colleague'
const ANALYST = 'p_demo-analyst'
const BEGINS = 'import os, time\nimport marimo as mo\nfrom pathlib import Path\nfrom scrydon import tables'
const SLIDER = 'many = mo.ui.slider(1, 9, value=3, label="how many")\nmany'
const TWICE = 'mo.md(f"TWICE:{many.value * 2}")'
const HOLDS = 'while not Path("files/go.txt").exists():\n    time.sleep(0.05)\nwent = True\nmo.md("WENT")'

const progress = (page: Page) => page.getByRole('progressbar', { name: 'Cells that have run' })
const bar = (page: Page) => page.getByRole('status').filter({ hasText: 'no result of the author is shown' })
const classification = (page: Page) => page.getByRole('status', { name: 'Classification' })
const text = (frame: FrameLocator, pattern: RegExp) => frame.getByText(pattern).first()
const alive = async (client: Client) => (await client.living()).map(({ kernel: id }) => id)

/** From the list to the reader's page, whose kernel runs by itself. */
async function read(page: Page, name: string): Promise<FrameLocator> {
  await link(page, name).click()
  await expect(kernel(page)).toHaveText(/ready|running/, { timeout: START })
  return frameOf(page, name)
}

/** A notebook of the author's, which the other may read. */
async function shared(author: Client, name: string, source: string, with_: string, right: 'view' | 'edit' = 'view') {
  const { id } = await author.notebook(name, source)
  const body = { with: [with_], right, expires: null, onto: 0 }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  return id
}

test('a run is counted, found again by a reload, stopped with its page left to read, and run again', async ({
  person,
  client,
}) => {
  const token = 'token = os.urandom(4).hex()\nmo.md(f"TOKEN:{token}")'
  const source = notebookOf(BEGINS, token, SLIDER, TWICE, HOLDS, 'went\nmo.md("AFTER")')
  const author = await client('Analyst')
  const id = await shared(author, 'counted', source, COLLEAGUE)
  const reader = await client('Colleague')
  const page = await person('Colleague')
  await link(page, 'counted').click()
  await expect(page.locator('.skeleton').first()).toBeVisible()
  const frame = frameOf(page, 'counted')
  await expect(progress(page)).toHaveAttribute('aria-valuetext', '4 of 6 cells', { timeout: START })
  await expect(bar(page)).toContainText('Running as you: no result of the author is shown.')
  await expect(bar(page)).toContainText('Running: 4 of 6 cells')
  const said = (await text(frame, /TOKEN:/).textContent()) ?? ''
  expect(said).toMatch(/TOKEN:[0-9a-f]{8}/)
  const before = await alive(reader)
  expect(before).toHaveLength(1)

  await page.reload()
  await expect(progress(page)).toHaveAttribute('aria-valuetext', '4 of 6 cells', { timeout: START })
  await expect(frame.getByText(said)).toBeVisible()
  await expect(text(frame, /TWICE:6/)).toBeVisible()
  expect(await alive(reader)).toEqual(before)

  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Stopped after 4 of 6 cells.' })).toContainText('do not react any more')
  await expect(kernel(page)).toHaveText('stopped')
  await expect.poll(() => alive(reader)).toEqual([])
  await expect(bar(page)).toContainText('It ran as you')
  await expect(frame.getByText(said)).toBeVisible()
  const handle = frame.getByRole('slider').first()
  const at = await handle.getAttribute('aria-valuenow')
  await handle.focus()
  await page.keyboard.press('ArrowRight')
  await handle.click({ force: true, position: { x: 1, y: 1 } })
  expect(await handle.getAttribute('aria-valuenow')).toBe(at)

  const go = { params: { id, name: 'go.txt' }, bytes: Buffer.from('go') }
  await author.call('PUT /api/notebooks/:id/files/:name', go)
  await page.getByRole('button', { name: 'Run again' }).click()
  await expect(text(frame, /AFTER/)).toBeVisible({ timeout: START })
  await expect(text(frame, /TOKEN:/)).not.toHaveText(said)
  await expect(progress(page)).toHaveCount(0)
  expect(await alive(reader)).not.toEqual(before)
  await frame.getByRole('slider').first().press('ArrowRight')
  await expect(text(frame, /TWICE:8/)).toBeVisible()
})

test.describe('a table that is closed to the reader', () => {
  const TABLE = 'planes'
  async function rule(owner: Client, change: 'close' | 'restore'): Promise<void> {
    const params = { table: TABLE }
    const { version } = await owner.call('GET /api/policies/:table', { params })
    const [first] = (await owner.call('GET /api/policies/:table/versions', { params })).slice(-1)
    const mine = { id: 'author', to: { who: 'person', person: ANALYST }, right: 'managed-table:read', rows: null, expires: null }
    const policy = change === 'close' ? { grants: [mine], rows: [], masks: [] } : first?.policy
    await owner.call('PUT /api/policies/:table', { params, body: { policy, onto: version, reason: 'a test' } })
  }
  test.beforeEach(async ({ again }) => rule(await again('Owner'), 'close'))
  test.afterEach(async ({ again }) => rule(await again('Owner'), 'restore'))

  test('its cell says which, why and whom to ask, the next what it waits for; the rest runs; the panel asks', async ({
    person,
    client,
  }) => {
    const source = notebookOf(
      BEGINS,
      `held = tables.read("${TABLE}", limit=5)`,
      'mo.md(f"HELD:{len(held)}")',
      'mo.md("THE REST")',
      'raise ValueError("what is of the author alone")',
    )
    const author = await client('Analyst')
    await shared(author, 'denied', source, COLLEAGUE)
    const page = await person('Colleague')
    const frame = await read(page, 'denied')
    await expect(text(frame, /THE REST/)).toBeVisible({ timeout: START })
    const refusal = `You may not read “${TABLE}”. Ask Owner, who owns it, for a grant.`
    await expect(text(frame, new RegExp(`^${refusal} \\(e_[\\w-]+\\)$`))).toBeVisible()
    await expect(
      frame.getByText(`This cell waits for “held”, which could not be made: ${refusal}`, { exact: true }),
    ).toBeVisible()
    await expect(frame.getByText('This cell failed with ValueError. Who wrote the notebook can mend it.')).toBeVisible()
    await expect(frame.getByText('of the author alone')).toHaveCount(0)
    await page.getByRole('button', { name: 'What you see' }).click()
    const refused = page.getByRole('complementary', { name: 'What you see' }).getByRole('list', { name: 'Refused' })
    await expect(refused).toContainText(TABLE)
    await expect(refused.getByRole('button', { name: `Ask the owner for ${TABLE}` })).toBeVisible()

    const mine = await person('Analyst')
    const theirs = await openNotebook(mine, 'denied')
    await runAll(theirs)
    await expect(text(theirs, /HELD:5/)).toBeVisible()
  })
})

test('controls react; nothing is edited, saved, taken along or opened in a terminal', async ({ person, client }) => {
  const source = notebookOf(
    BEGINS,
    SLIDER,
    TWICE,
    'name = mo.ui.text(label="name")\nname',
    'mo.md(f"HELLO:{name.value}")',
    'rows = mo.ui.table([{"n": n} for n in range(12)], page_size=5)\nrows',
    'mo.md(f"PICKED:{len(rows.value)}")',
  )
  const id = await shared(await client('Analyst'), 'reacts', source, COLLEAGUE)
  const page = await person('Colleague')
  const frame = await read(page, 'reacts')
  await expect(text(frame, /PICKED:0/)).toBeVisible({ timeout: START })
  await frame.getByRole('slider').first().press('ArrowRight')
  await expect(text(frame, /TWICE:8/)).toBeVisible()
  await frame.getByRole('textbox').first().fill('Ada')
  await frame.getByRole('textbox').first().press('Enter')
  await expect(text(frame, /HELLO:Ada/)).toBeVisible()
  await frame.getByTestId('select-row-checkbox').first().click()
  await expect(text(frame, /PICKED:1/)).toBeVisible()

  for (const name of [/download/i, /export/i, /copy/i, /save/i, /terminal/i, /share/i])
    for (const place of [page, frame]) await expect(place.getByRole('button', { name }).filter({ visible: true })).toHaveCount(0)
  await expect(frame.locator('.cm-content, [contenteditable="true"]')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Duplicate to edit' })).toHaveCount(0) // its source is not shown to them
  await expect(page.getByRole('region', { name: 'Source' })).toHaveCount(0)
  const reader = await client('Colleague')
  for (const call of ['GET /api/notebooks/:id/source', 'POST /api/notebooks/:id/duplicate'] as const)
    expect((await reader.raw(call, { params: { id } })).status, call).toBe(403)
  const tab = await reader.tab()
  const { kernel: stream } = await reader.open(tab, id)
  await stream.until('it is ready', ({ op }) => op === 'kernel-ready')
  for (const name of ['download_as', 'get_data_url', 'get_export_metadata', 'list_directory']) {
    const body = { functionCallId: 'f', namespace: 'x', functionName: name, args: {} }
    expect((await stream.post('/api/kernel/function_call', body)).status, name).toBe(403)
  }
  tab.close()
})

test('the classification stands above the notebook of who reads and who edits, and rises with what is read', async ({
  person,
  client,
}) => {
  const asked = 'asked = mo.ui.checkbox(label="read it")\nasked'
  const held = 'held = len(tables.read("compliance_authorities")) if asked.value else 0\nmo.md(f"HELD:{held}")'
  const author = await client('Colleague')
  await shared(author, 'classified', notebookOf(BEGINS, asked, held), ANALYST)
  const page = await person('Analyst')
  const frame = await read(page, 'classified')
  await expect(text(frame, /HELD:0/)).toBeVisible({ timeout: START })
  await expect(classification(page)).toHaveText('INTERNAL')
  await frame.getByRole('checkbox').first().click()
  await expect(text(frame, /HELD:33/)).toBeVisible()
  await expect(classification(page)).toHaveText('CONFIDENTIAL · PII')
  await page.reload()
  await expect(text(frame, /HELD:33/)).toBeVisible({ timeout: START })
  await expect(classification(page)).toHaveText('CONFIDENTIAL · PII')

  await author.notebook('edited', notebookOf('1'))
  const editor = await person('Colleague')
  await openNotebook(editor, 'edited')
  await expect(classification(editor)).toHaveText('INTERNAL')
})

test('where its source is shown, a press makes a notebook of one’s own of it and opens that to edit', async ({
  person,
  client,
}) => {
  const author = await client('Analyst')
  const id = await shared(author, 'original', notebookOf('word = "as it was"'), COLLEAGUE, 'edit')
  const holding = await author.tab()
  expect((await author.open(holding, id)).opened.mode).toBe('edit')
  const page = await person('Colleague')
  await link(page, 'original').click()
  await expect(page.getByRole('status', { name: 'Read-only' })).toBeVisible({ timeout: START })
  await page.getByRole('button', { name: 'Duplicate to edit' }).click()
  await expect(page.getByText('Editing', { exact: true })).toBeVisible({ timeout: START })
  const mine = (await (await client('Colleague')).call('GET /api/notebooks')).find((each) => each.mine)
  await expect(
    frameOf(page, mine?.name ?? '')
      .locator('.cm-content')
      .first(),
  ).toContainText('as it was', { timeout: START })
  expect(mine?.name).toBe('Copy of original')
  holding.close()
})
