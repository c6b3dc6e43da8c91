// Where controls stand in a frame, for the sweep, and what a sweep must not meet: a refusal, in whatever form it is said.
import type { Frame, Locator } from '@playwright/test'
import { expect, inside, openNotebook, type Page, runAll, type Stack, test } from './fixtures.ts'
import { type Place, Sweep } from './sweep.ts'

type Told = Window & { complaints?: string[] }

/** Nothing fades: what was left is gone at once. marimo copies sheets of such a name into its shadow roots. */
export function still(): void {
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

export async function swept(page: Page, frame: Frame, stack: Stack, places: readonly Place[]): Promise<string[]> {
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

/** Ends what the sweep stands on: the cell, its code, the run, the view. Each is pressed in a spec of its own. */
const ENDS =
  /^(vertical|grid|slides)$|convert to|view as|^delete|^cell > delete|interrupt|app view|hide-code-button|^undo|clear all outputs/i
/** Places of their own. */
const LEADS = /command.palette|keyboard shortcuts|user settings|find and replace/i

export const tid = (frame: Frame, name: string) => frame.getByTestId(name).filter({ visible: true }).first()

/** What a press opens. */
export function layer(frame: Frame, name: string, role: 'menu' | 'dialog', opens: () => Promise<unknown>, titled = ''): Place {
  const within = frame.locator(`[role="${role}"]`).filter({ visible: true, hasText: titled }).first()
  const open = async () => {
    if (await within.isVisible()) return
    await opens()
    await within.waitFor()
  }
  return { name, within, open, skip: ENDS, leads: LEADS }
}

/** What is there all the time. */
export const standing = (name: string, within: Locator): Place => ({
  name,
  within,
  open: () => within.waitFor(),
  skip: ENDS,
  leads: LEADS,
})

export async function opened(page: Page, name: string): Promise<Frame> {
  await runAll(await openNotebook(page, name))
  const frame = await inside(page, name)
  await frame.evaluate(still)
  return frame
}

/** Each has been pressed, so the sweep was there. */
export function named(pressed: readonly string[], wanted: readonly string[]): void {
  expect.soft(wanted.filter((way) => !pressed.some((each) => each.startsWith(way)))).toEqual([])
}

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

export const outputsIn = (frame: Frame) => frame.locator('.output-area').filter({ visible: true })

/** Each output as it stands; the table in `whole` with the menu of its columns, which is the same in each table. */
export async function outputsOf(frame: Frame, count: number, whole = -1): Promise<Place[]> {
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
export function overTable(frame: Frame, table: Locator): Place[] {
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
