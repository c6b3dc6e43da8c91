// What is done to cells in marimo's own page: moved, added, removed, named, hidden, formatted, laid out, written in SQL.
import {
  cells,
  edit,
  expect,
  type FrameLocator,
  notebookOf,
  openNotebook,
  output,
  type Page,
  runAll,
  settled,
  test,
  type,
} from './fixtures.ts'

const codes = (frame: FrameLocator): Promise<string[]> => cells(frame).locator('.cm-content').allInnerTexts()

/** The menu of the three dots, as a person reaches it. */
async function choose(page: Page, frame: FrameLocator, index: number, item: string): Promise<void> {
  await page.mouse.move(0, 0)
  await cells(frame).nth(index).hover()
  await cells(frame).nth(index).getByTestId('cell-actions-button').click()
  await frame.locator('[cmdk-item]').filter({ hasText: item, visible: true }).first().click()
}

/** The order of marked cells in the stored source. */
const order = (source: string): string => [...source.matchAll(/'([a-e])'/g)].map(([, letter]) => letter).join('')

test('cells are moved by the menu and by the handle: in the page, in the source, and after a reload', async ({
  person,
  client,
}) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('ordered', notebookOf("'a'", "'b'", "'c'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'ordered')
  await choose(page, frame, 0, 'Move cell down')
  await expect.poll(() => codes(frame)).toEqual(["'b'", "'a'", "'c'"])
  await expect.poll(async () => order(await mine.source(id)), { timeout: 20_000 }).toBe('bac')

  await cells(frame).nth(2).hover()
  const handle = await cells(frame).nth(2).getByTestId('drag-button').boundingBox()
  const target = await cells(frame).nth(0).boundingBox()
  if (!handle || !target) throw new Error('no handle to drag')
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2)
  await page.mouse.down()
  await page.mouse.move(handle.x, target.y + target.height, { steps: 10 })
  await page.mouse.move(handle.x, target.y + 2, { steps: 10 })
  await page.mouse.up()
  await expect.poll(() => codes(frame)).toEqual(["'c'", "'b'", "'a'"])
  await expect.poll(async () => order(await mine.source(id)), { timeout: 20_000 }).toBe('cba')

  await page.reload()
  await expect(cells(frame)).toHaveCount(3, { timeout: 60_000 })
  await expect.poll(() => codes(frame)).toEqual(["'c'", "'b'", "'a'"]) // each editor comes after its cell
})

test('a cell is added above and below, deleted, and the deletion is undone', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('grown', notebookOf("'c'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'grown')
  const plus = (index: number) => cells(frame).nth(index).getByTestId('create-cell-button')
  await cells(frame).first().hover()
  await plus(0).last().click()
  await expect(cells(frame)).toHaveCount(2)
  await edit(page, frame, 1, "'d'")
  await cells(frame).first().hover()
  await plus(0).first().click()
  await expect(cells(frame)).toHaveCount(3)
  await edit(page, frame, 0, "'b'")
  await expect(output(frame, 0)).toContainText('b')
  await expect.poll(async () => order(await mine.source(id))).toBe('bcd')

  await choose(page, frame, 1, 'Delete')
  const undo = frame.getByTestId('undo-delete-button').first()
  await undo.hover() // it goes after five seconds unless it is pointed at
  await expect(cells(frame)).toHaveCount(2)
  await expect.poll(async () => order(await mine.source(id))).toBe('bd')
  await undo.click()
  await expect.poll(() => codes(frame)).toEqual(["'b'", "'c'", "'d'"])
  await expect.poll(async () => order(await mine.source(id))).toBe('bcd')
})

test('a cell gets a name, hides its code and is formatted: all of it in the source', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('tidied', notebookOf('x=[1,2,\n   3]', 'x'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'tidied')
  await choose(page, frame, 0, 'Format')
  await expect.poll(() => codes(frame)).toEqual(['x = [1, 2, 3]', 'x'])

  await page.mouse.move(0, 0)
  await cells(frame).nth(0).hover()
  await cells(frame).nth(0).getByTestId('cell-actions-button').click()
  await frame.getByTestId('cell-name-input').fill('numbers')
  await page.keyboard.press('Enter')
  await expect.poll(() => mine.source(id), { timeout: 20_000 }).toContain('def numbers(')

  await runAll(frame)
  await choose(page, frame, 1, 'Hide code')
  await expect.poll(() => mine.source(id), { timeout: 20_000 }).toContain('@app.cell(hide_code=True)')
  await choose(page, frame, 1, 'Show code')
  await expect.poll(() => mine.source(id), { timeout: 20_000 }).not.toContain('hide_code')
  expect(await mine.source(id)).toContain('x = [1, 2, 3]')
})

test('the notebook can be laid out in columns', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('wide', notebookOf("'a'", "'b'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'wide')
  await frame.getByTestId('app-config-button').click()
  await frame.getByTestId('app-width-select').selectOption('columns')
  await page.keyboard.press('Escape')
  await expect(frame.getByTestId('column-container').or(frame.getByTestId('column-frame')).first()).toBeVisible()
  await expect.poll(() => mine.source(id)).toContain('width="columns"')
})

test('a cell is written in SQL, and its result has a name', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook(
    'queries',
    notebookOf('import marimo as mo', 'found = mo.sql(f"""SELECT 20 + 1 AS answer""")', 'len(found)'),
  )
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'queries')
  await runAll(frame)
  await expect(output(frame, 1)).toContainText('21')
  await expect(cells(frame).nth(1).locator('.cm-content').first()).toHaveText('SELECT 20 + 1 AS answer')
  await type(page, frame, 1, "SELECT * FROM (VALUES (42, 'a'), (43, 'b')) AS t(answer, name)")
  await page.keyboard.press('Control+Enter')
  await settled(frame)
  await expect(output(frame, 1)).toContainText('42')
  await expect(output(frame, 2)).toContainText('2')
  await expect.poll(() => mine.source(id), { timeout: 20_000 }).toContain('(43, ')
  expect(await mine.source(id)).toContain('found = mo.sql(')
})

test('a cell that asks is answered under it', async ({ person, client }) => {
  await (await client('Analyst')).notebook('asks', notebookOf("name = input('who is it? ')", "f'hello {name}'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'asks')
  await frame.locator('[data-testid="chrome-controls-bottom-right"] [data-testid="run-button"]').click()
  await frame.getByTestId('console-input').fill('Ada')
  await page.keyboard.press('Enter')
  await expect(output(frame, 1)).toContainText('hello Ada')
  await expect(cells(frame).first()).toContainText('who is it?')
})
