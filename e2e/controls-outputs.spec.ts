// No control of an output ends in a refusal: tables, charts and elements are pressed through by who edits and by who reads.
import { expect, inside, notebookOf, openNotebook, test } from './fixtures.ts'
import { named, opened, outputsIn, outputsOf, overTable, standing, still, swept } from './places.ts'

test.describe.configure({ timeout: 360_000 }) // some hundred presses

const FRAME =
  'import marimo as mo\nimport pandas as pd\nimport plotly.express as px\nimport altair as alt\nframe = pd.DataFrame({"a": [1, 2, 3] * 5, "b": ["x", "y", "z"] * 5, "c": [0.5, 1.5, 2.5] * 5})'
const TABLES = notebookOf(FRAME, 'frame', 'mo.ui.table(frame, page_size=5)')
const CHARTS = notebookOf(
  FRAME,
  'px.scatter(frame, x="a", y="b")',
  'alt.Chart(frame).mark_point().encode(x="a", y="b")',
  'mo.ui.dataframe(frame)',
  'mo.ui.data_explorer(frame)',
  'mo.accordion({"one": mo.md("1"), "two": mo.ui.tabs({"x": mo.md("x"), "y": mo.md("y")})})',
)

test('an editor’s tables', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('tables in sight', TABLES)
  const page = await person('Colleague')
  const frame = await opened(page, 'tables in sight')
  const pressed = await swept(page, frame, stack, [
    ...(await outputsOf(frame, 2, 1)),
    ...overTable(frame, outputsIn(frame).nth(1)),
  ])
  named(pressed, [
    'output 0 > Visualize',
    'output 1 > Columns > Hide all',
    'output 1 > select-row-checkbox',
    'output 1 > data-table-sort-button',
    'output 1 > data-table-column-menu-button > Filter > ',
    'table cell > Copy cell',
    'table cell > Filter by this value',
    'explorer > Rows',
    'explorer > Columns > a',
  ])
})

test('an editor’s charts and elements', async ({ person, client, stack }) => {
  await (await client('Colleague')).notebook('charts in sight', CHARTS)
  const page = await person('Colleague')
  const frame = await opened(page, 'charts in sight')
  await expect(frame.locator('.modebar-btn').first()).toBeAttached({ timeout: 30_000 })
  const pressed = await swept(page, frame, stack, await outputsOf(frame, 5))
  named(pressed, [
    'output 0 > Zoom in',
    'output 2 > Add > Filter Rows',
    'output 2 > Python Code',
    'output 3 > ',
    'output 4 > one',
    'output 4 > two',
    'output 4 > y',
  ])
})

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
