// What marimo shows in its own page, it shows in the sealed frame.
import { cells, edit, expect, notebookOf, openNotebook, output, runAll, test } from './fixtures.ts'

test('matplotlib, images, LaTeX, mermaid', async ({ person }) => {
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'maths_and_diagrams')
  await runAll(frame)
  await expect(output(frame, 2).locator('img, svg').first()).toBeVisible()
  const width = () =>
    output(frame, 2)
      .locator('img')
      .first()
      .evaluate((image: HTMLImageElement) => image.naturalWidth)
  await expect.poll(width).toBeGreaterThan(100)
  await expect(output(frame, 0).locator('.katex .mord').first()).toBeVisible()
  await expect(output(frame, 0).locator('.katex-display .mfrac').first()).toBeVisible()
  await expect(output(frame, 3).locator('marimo-mermaid svg')).toContainText('you change a cell', { timeout: 30_000 })
  await expect(output(frame, 3).locator('marimo-mermaid svg .node')).toHaveCount(5)
  const pictures = output(frame, 5).locator('img')
  await expect(pictures).toHaveCount(2)
  const widths = () => pictures.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth))
  await expect.poll(widths).toEqual([640, 640])
})

test('plotly: drawn, and its hover and buttons are there', async ({ person }) => {
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'world_report')
  await runAll(frame)
  const points = frame.locator('.js-plotly-plot .scatterlayer .trace .point')
  await expect(points.first()).toBeVisible({ timeout: 30_000 })
  await expect(frame.locator('.updatemenu-button, .slider-container').first()).toBeVisible()
  await points.first().hover({ force: true })
  await expect(frame.locator('.hoverlayer .hovertext').first()).toBeVisible()
})

test('plotly: drawn for who reads, too', async ({ person, client }) => {
  const editor = await client('Colleague') // who edits it above has the lease for a while
  const holding = await editor.tab()
  const { opened } = await editor.open(holding, (await editor.find('world_report')).id)
  expect(opened.mode).toBe('edit')
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'world_report')
  await expect(frame.locator('.js-plotly-plot .scatterlayer .trace .point').first()).toBeVisible({ timeout: 30_000 })
  holding.close()
})

test('altair: drawn as a vega view', async ({ person }) => {
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'reactivity')
  await runAll(frame)
  const drawn = frame.locator('.vega-embed canvas, .vega-embed svg.marks').first()
  await expect(drawn).toBeVisible({ timeout: 30_000 })
  const colours = (element: Element) => {
    if (!(element instanceof HTMLCanvasElement)) return element.querySelectorAll('path, rect').length
    const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? []
    return new Set(new Uint32Array(new Uint8Array(pixels).buffer)).size
  }
  await expect.poll(() => drawn.evaluate(colours)).toBeGreaterThan(5) // an empty drawing has one
})

test('tables page, sort and select; dataframes and SQL results are tables', async ({ person, client }) => {
  await (await client('Colleague')).notebook(
    'tables',
    notebookOf(
      'import marimo as mo\nimport pandas as pd\nframe = pd.DataFrame({"n": range(100), "square": [n * n for n in range(100)]})',
      'frame',
      'table = mo.ui.table(frame, page_size=5)\ntable',
      'f"{len(table.value)} chosen"',
      'big = mo.sql("SELECT count(*) AS rows, max(square) AS top FROM frame")',
    ),
  )
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'tables')
  await runAll(frame)
  await expect(output(frame, 1).locator('table tbody tr').first()).toBeVisible({ timeout: 30_000 })
  await expect(output(frame, 2).locator('table tbody tr')).toHaveCount(5)
  await output(frame, 2).getByRole('checkbox').nth(1).click()
  await expect(output(frame, 3)).toContainText('1 chosen')
  await expect(output(frame, 4).locator('table')).toContainText('9,801')
})

const PYTHON_CELL = '@app.cell\ndef _():\n    0\n    return\n\n\n' // to type in

test('an anywidget talks both ways', async ({ person, client }) => {
  const mine = await client('Colleague')
  await mine.notebook(
    'counter',
    (await mine.source((await mine.find('anywidget_counter')).id)).replace('if __name__', `${PYTHON_CELL}if __name__`),
  )
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'counter')
  await runAll(frame)
  const button = frame.getByRole('button', { name: /^count is/ })
  await expect(button).toHaveText('count is 3', { timeout: 30_000 })
  await button.click()
  await expect(button).toHaveText('count is 4')
  await expect(output(frame, 3)).toContainText('Python sees 4')
  await edit(page, frame, 5, "counter.widget.count = 40\nf'Python set {counter.widget.count}'")
  await expect(output(frame, 5)).toContainText('Python set 40')
  await expect(button).toHaveText('count is 40')
})

test('a cell moves up, and the saved notebook has the new order', async ({ person, client }) => {
  const mine = await client('Colleague')
  const { id } = await mine.notebook('order', notebookOf("'first'", "'second'", "'third'"))
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'order')
  await runAll(frame)
  await cells(frame).nth(2).click({ button: 'right' })
  await frame.getByRole('menuitem', { name: /^Move cell up/ }).click()
  await expect(cells(frame).locator('.output-area')).toHaveText([/first/, /third/, /second/])
  await expect.poll(() => mine.source(id), { timeout: 15_000 }).toMatch(/'first'[\s\S]*'third'[\s\S]*'second'/)
})

test('a form, a dropdown and an uploaded file', async ({ person }) => {
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'widgets')
  await runAll(frame)
  await frame.getByRole('combobox').or(frame.locator('select')).first().selectOption('blue')
  await expect(output(frame, 2)).toContainText('blue')
  await frame.getByRole('textbox', { name: 'for' }).fill('Ada')
  await frame.getByRole('button', { name: 'Order' }).click()
  await expect(output(frame, 4)).toContainText('for Ada')
  await output(frame, 7)
    .locator('input[type=file]')
    .setInputFiles({ name: 'own.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n3,4\n') })
  await expect(output(frame, 8).locator('table tbody tr')).toHaveCount(2, { timeout: 30_000 })
  await expect(output(frame, 8).locator('table tbody tr').nth(1)).toContainText(/3.*4/)
})

test('console output and errors stand under their cell', async ({ person, client }) => {
  await (await client('Colleague')).notebook(
    'says',
    notebookOf("print('hello from the console')", "raise ValueError('on purpose')"),
  )
  const page = await person('Colleague')
  const frame = await openNotebook(page, 'says')
  await runAll(frame)
  await expect(cells(frame).nth(0)).toContainText('hello from the console')
  await expect(cells(frame).nth(1)).toContainText('on purpose')
})
