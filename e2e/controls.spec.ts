// No control in sight ends in a refusal: each is pressed, in every menu, panel and dialog, by who edits and by who reads.
import type { Frame, Locator } from '@playwright/test'
import { expect, inside, notebookOf, openNotebook, type Page, runAll, type Stack, test } from './fixtures.ts'
import { type Place, Sweep } from './sweep.ts'

type Told = Window & { complaints?: string[] }

/** Nothing fades: what was left is gone at once. marimo copies sheets of such a name into its shadow roots. */
function still(): void {
  const style = Object.assign(document.createElement('style'), { title: 'marimo-still' })
  style.textContent = '*, ::before, ::after { animation: none !important; transition: none !important }'
  document.head.append(style)
}

/** From here on: what marimo says in red, each sentence that speaks of a refusal, and a copy that the browser refuses. */
function listen(): void {
  const complaints: string[] = []
  ;(window as Told).complaints = complaints
  const read = (element: Element) => {
    if (element.closest('pre, code, .cm-editor')) return // somebody's code: a snippet speaks of refusals, too
    const toast = element.closest('.destructive') ?? element.querySelector('.destructive')
    const text = element.textContent ?? ''
    if (toast) complaints.push(toast.textContent ?? '')
    else if (text.length < 500 && /\b403\b|not (available|offered|allowed)|forbidden|refused/i.test(text)) complaints.push(text)
  }
  const { clipboard } = navigator
  const copy = clipboard.writeText.bind(clipboard)
  const write = clipboard.write.bind(clipboard)
  const failed = (error: Error) => void complaints.push(`copy: ${error.name}`)
  clipboard.writeText = (text) => copy(text).catch(failed)
  clipboard.write = (items) => write(items).catch(failed)
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof Element) read(node)
  }).observe(document, { childList: true, subtree: true })
}

const refused = (stack: Stack): string[] =>
  stack
    .log('gateway')
    .split('\n')
    .filter((line) => line.includes('"command refused"'))

/** A route that is refused to everybody: once the log has it, it has all that was refused before. */
const LAST = '/api/kernel/execute'

async function swept(page: Page, frame: Frame, stack: Stack, places: readonly Place[]): Promise<string[]> {
  const before = refused(stack).length
  const said: string[] = []
  page.on('console', (message) => {
    if (/Failed to handle request|\b403\b/.test(message.text())) said.push(message.text())
  })
  page.on('filechooser', () => undefined)
  await frame.evaluate(listen)
  const sweep = new Sweep(page, frame)
  try {
    for (const place of places) await sweep.through(place)
  } finally {
    await test.info().attach('pressed', { body: [...sweep.pressed].join('\n'), contentType: 'text/plain' })
  }
  expect.soft(await frame.evaluate(() => (window as Told).complaints)).toEqual([])
  expect.soft(said).toEqual([])
  await frame.evaluate((path) => fetch(path, { method: 'POST', body: '{}' }), LAST)
  await expect.poll(() => refused(stack).at(-1) ?? '').toContain(LAST)
  expect.soft(refused(stack).slice(before, -1)).toEqual([])
  expect.soft([...sweep.missed], 'in sight, yet not to be pressed').toEqual([])
  return [...sweep.pressed]
}

const SMALL = notebookOf('import marimo as mo\nnumber = 1', 'mo.md(f"{number}")', 'print(number)')

/** Ends what the sweep stands on: the cell, its code, the run, the view. Each is pressed in a spec of its own. */
const ENDS =
  /^(vertical|grid|slides)$|convert to|view as|^delete|^cell > delete|interrupt|app view|hide-code-button|^undo|clear all outputs/i
/** Places of their own. */
const LEADS = /command.palette|keyboard shortcuts|user settings|find and replace/i

const tid = (frame: Frame, name: string) => frame.getByTestId(name).filter({ visible: true }).first()

/** What a press opens. */
function layer(frame: Frame, name: string, role: 'menu' | 'dialog', opens: () => Promise<unknown>, titled = ''): Place {
  const within = frame.locator(`[role="${role}"]`).filter({ visible: true, hasText: titled }).first()
  const open = async () => {
    if (await within.isVisible()) return
    await opens()
    await within.waitFor()
  }
  return { name, within, open, skip: ENDS, leads: LEADS }
}

/** What is there all the time. */
const standing = (name: string, within: Locator): Place => ({
  name,
  within,
  open: () => within.waitFor(),
  skip: ENDS,
  leads: LEADS,
})

async function opened(page: Page, name: string): Promise<Frame> {
  await runAll(await openNotebook(page, name))
  const frame = await inside(page, name)
  await frame.evaluate(still)
  return frame
}

/** Each has been pressed, so the sweep was there. */
function named(pressed: readonly string[], wanted: readonly string[]): void {
  expect.soft(wanted.filter((way) => !pressed.some((each) => each.startsWith(way)))).toEqual([])
}

test('an editor’s menus', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('menus', SMALL)
  const page = await person('Colleague')
  const frame = await opened(page, 'menus')
  const cell = frame.locator('.marimo-cell').first()
  const pressed = await swept(page, frame, stack, [
    layer(frame, 'cell', 'dialog', async () => {
      await cell.hover()
      await cell.getByTestId('cell-actions-button').click()
    }),
    layer(frame, 'context', 'menu', () => cell.locator('.cm-content').click({ button: 'right' })),
    standing('top', tid(frame, 'chrome-controls-top-right')),
    layer(frame, 'menu', 'menu', () => tid(frame, 'notebook-menu-dropdown').click()),
  ])
  named(pressed, [
    'top > app-config-button > User settings',
    'menu > Copy code to clipboard',
    'menu > Add setup cell',
    'menu > Keyboard shortcuts',
    'cell > Split',
    'cell > Format',
    'cell > Hide code',
    'cell > Disable execution',
    'context > Copy',
    'context > Split',
  ])
})

test('an editor’s palette', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('palette', SMALL)
  const page = await person('Colleague')
  const frame = await opened(page, 'palette')
  const pressed = await swept(page, frame, stack, [
    layer(frame, 'palette', 'dialog', () => tid(frame, 'command-palette-button').click()),
  ])
  named(pressed, [
    'palette > Fold all cells',
    'palette > Format all',
    'palette > Toggle developer panel',
    'palette > Helper panel > Variables',
    'palette > Helper panel > Snippets',
    'palette > Config > ',
    'palette > App config > Set width=full',
    'palette > Show keyboard shortcuts',
  ])
})

const PANELS = ['variables', 'outline', 'documentation', 'dependencies'] as const

/** In the narrow table of the variables its neighbour lies over it. */
const COVERED = /^data-table-column-menu-button$/

test('an editor’s panels', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('panels', SMALL)
  const page = await person('Colleague')
  const frame = await opened(page, 'panels')
  const key = (name: string) => frame.locator(`[data-key="${name}"]`).filter({ visible: true }).first()
  const pick = (name: string) => async () => {
    if ((await key(name).getAttribute('aria-selected')) !== 'true') await key(name).click()
    await page.keyboard.press('Escape') // a driver's press is the start of a drag, too
  }
  const places = PANELS.map((name) => ({ ...standing(name, tid(frame, 'helper')), open: pick(name), skip: COVERED }))
  const pressed = await swept(page, frame, stack, places)
  named(pressed, ['variables > ', 'outline > ', 'documentation > ', 'dependencies > '])
})

/** One of many alike: a day, a number of rows, a column but the first, a format, a step of a transform, a comparison. */
const ALIKE = new RegExp(
  [
    '^([2-9]|[1-3]\\d|100|[1-9]\\d+ / page)$',
    '^(b|c|tip|sex|smoker|day|time|size)(int64|float64|str)?$',
    '^(Lowercase|Capitalize|Title|Scientific.*|Engineering.*|Integer.*)$',
    '^(Select Columns|Rename Column|Column Conversion|Group By|Aggregate|(Sample|Shuffle) Rows|Explode Columns|Expand Dict|Unique|Pivot)$',
    '^(Equals|Doesn.t equal|Matches regex|Starts with|Ends with)$',
  ].join('|'),
)

const outputsIn = (frame: Frame) => frame.locator('.output-area').filter({ visible: true })

/** Each output as it stands; the table in `whole` with the menu of its columns, which is the same in each table. */
async function outputsOf(frame: Frame, count: number, whole = -1): Promise<Place[]> {
  await expect(outputsIn(frame)).toHaveCount(count, { timeout: 60_000 })
  await expect(frame.locator('td').first()).toBeVisible()
  const skip = new RegExp(`^(Explore|\\+)$|${ALIKE.source}`)
  const kept = new RegExp(`^Visualize$|${skip.source}`) // a chart takes the place of its table
  const leads = /^data-table-column-menu-button$/
  const place = (output: Locator, at: number) => ({
    ...standing(`output ${at}`, output),
    ...(at === whole ? { skip: kept } : { skip, leads }),
  })
  return (await outputsIn(frame).all()).map(place)
}

/** What lies over a table. */
function overTable(frame: Frame, table: Locator): Place[] {
  const cell = (at: number) => table.locator('td').nth(at)
  const explorer = tid(frame, 'chrome-context-aware-panel')
  const explore = async () => {
    if (!(await explorer.isVisible())) await table.getByRole('button', { name: 'Explore' }).click()
  }
  const menu = async () => {
    await cell(1).dragTo(cell(2))
    await cell(1).click({ button: 'right' })
  }
  return [layer(frame, 'table cell', 'menu', menu), { ...standing('explorer', explorer), open: explore, skip: ALIKE }]
}

test('a reader’s page', async ({ person, client, stack }) => {
  const editor = await client('Analyst')
  const holding = await editor.tab()
  await editor.open(holding, (await editor.find('widgets')).id)
  const page = await person('Colleague')
  await openNotebook(page, 'widgets')
  await page.getByRole('button', { name: 'Hide the source' }).click()
  const frame = await inside(page, 'widgets')
  await frame.evaluate(still)
  const pressed = await swept(page, frame, stack, [
    ...(await outputsOf(frame, 11, 5)),
    ...overTable(frame, outputsIn(frame).nth(5)),
    { ...standing('around', frame.locator('body')), beyond: '.output-area, [data-testid="chrome-context-aware-panel"]' },
  ])
  holding.close()
  named(pressed, [
    'output 1 > marimo-plugin-switch',
    'output 1 > Calendar > 1',
    'output 2 > Collapse their values',
    'output 3 > Order',
    'output 5 > Columns > Hide all',
    'output 5 > select-all-checkbox',
    'output 5 > select-row-checkbox',
    'output 5 > data-table-sort-button',
    'output 5 > data-table-column-menu-button > Asc',
    'output 5 > data-table-column-menu-button > Filter > ',
    'output 5 > data-table-column-menu-button > Filter by values > ',
    'output 5 > data-table-column-menu-button > Format > ',
    'output 5 > data-table-column-menu-button > Hide column',
    'output 5 > next-page-button',
    'output 7 > upload a file of your own',
    'output 9 > Python Code',
    'output 10 > press',
    'table cell > Filter by this value',
    'explorer > Rows',
    'explorer > Columns > total_bill',
    'around',
  ])
  expect(pressed.filter((way) => /copy|clipboard|download|export/i.test(way))).toEqual([])
})

test('an editor’s settings', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('settings', SMALL)
  const page = await person('Colleague')
  const frame = await opened(page, 'settings')
  const app = layer(frame, 'app settings', 'dialog', () => tid(frame, 'app-config-button').click(), 'User settings')
  const user = async () => {
    await app.open()
    await app.within.getByRole('button', { name: 'User settings' }).click()
  }
  const keys = async () => {
    await tid(frame, 'notebook-menu-dropdown').click()
    await frame.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click()
  }
  const pressed = await swept(page, frame, stack, [
    app,
    { ...layer(frame, 'settings', 'dialog', user, 'Packages & Data'), skip: /^Close$/ },
    layer(frame, 'shortcuts', 'dialog', keys, 'Reset all'),
  ])
  named(pressed, [
    'app settings > compact',
    'settings > autosave-checkbox',
    'settings > Edit Keyboard Shortcuts',
    'settings > Display',
    'settings > code-lens-checkbox',
    'settings > Packages & Data',
    'settings > sql-linter-checkbox',
    'settings > Runtime',
    'settings > reactive-test-checkbox',
    'shortcuts > Reset all to default',
  ])
})
