// Every example runs as it comes: no error, nothing on stderr, and an output wherever a cell ends in an expression.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cellsOf } from './cells.ts'
import type { Client, KernelStream, Role } from './client.ts'
import { expect, openNotebook, output, runAll, test } from './fixtures.ts'
import { ROOT } from './stack.ts'

const FOLDER = join(ROOT, 'examples/notebooks')
const EXAMPLES = readdirSync(FOLDER).flatMap((name) => (name.endsWith('.py') ? [name.slice(0, -3)] : []))
const SHOWS =
  'import ast, json, sys\nprint(json.dumps([bool(c.strip()) and isinstance(ast.parse(c).body[-1], ast.Expr) for c in json.load(sys.stdin)]))'

/** Which cells show something: those whose last statement is an expression. */
function showing(codes: readonly string[]): boolean[] {
  const input = JSON.stringify(codes)
  return JSON.parse(execFileSync(join(ROOT, '.venv/bin/python'), ['-c', SHOWS], { input, encoding: 'utf8' }))
}

/** From its file: the seeded one may have been edited by another test. */
async function run(client: Client, name: string): Promise<KernelStream> {
  const { id } = await client.notebook(`example ${name}`, readFileSync(join(FOLDER, `${name}.py`), 'utf8'))
  const tab = await client.tab()
  try {
    const { opened, kernel } = await client.open(tab, id)
    expect(opened.mode).toBe('edit')
    await kernel.runAll()
    await client.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
    return kernel
  } finally {
    tab.close()
  }
}

/** They read managed tables: also where masks and filters leave less of them. */
const GOVERNED = ['flight_delays', 'authorities_report', 'feature_sketch', 'model_evaluation', 'sql_cells']
const RUNS = EXAMPLES.flatMap((name) => {
  const others: Role[] = GOVERNED.includes(name) ? ['Owner', 'Colleague'] : []
  return (['Analyst', ...others] as const).map((role) => ({ name, role }))
})

for (const { name, role } of RUNS)
  test(`the example ${name} runs for ${role}`, async ({ client }) => {
    test.setTimeout(180_000)
    const { seen } = await run(await client(role), name)
    const cells = cellsOf(seen)
    const codes = (seen.find(({ op }) => op === 'kernel-ready')?.data.codes ?? []) as string[]
    expect(cells.length).toBeGreaterThan(2)
    expect(cells.map(({ status }) => status)).toEqual(cells.map(() => 'idle'))
    expect(cells.filter(({ mimetype }) => /error|traceback/.test(mimetype))).toEqual([])
    expect(JSON.stringify(seen.filter(({ op }) => op === 'cell-op').map(({ data }) => data.console))).not.toContain('"stderr"')
    const empty = showing(codes).flatMap((shows, at) => (shows && (cells[at]?.text ?? '') === '' ? [codes[at]] : []))
    expect(empty).toEqual([])
  })

test('a plotly and an altair example are drawn; a moved slider counts anew', async ({ person }) => {
  test.setTimeout(240_000)
  const page = await person('Analyst')
  const flights = await openNotebook(page, 'flight_delays')
  await runAll(flights)
  const lines = output(flights, 4).locator('.js-plotly-plot .scatterlayer .trace')
  await expect(lines).toHaveCount(3, { timeout: 60_000 })
  await page.goBack()

  const model = await openNotebook(page, 'model_evaluation')
  await runAll(model)
  const chart = output(model, 6).locator('.vega-embed canvas, .vega-embed svg').first()
  await expect(chart).toBeVisible({ timeout: 60_000 })
  const before = await output(model, 5).ariaSnapshot()
  await output(model, 4).getByRole('slider').focus()
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('ArrowRight')
  await expect.poll(() => output(model, 5).ariaSnapshot()).not.toBe(before)
})
