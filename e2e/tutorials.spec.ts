// Every notebook of `marimo tutorial`, run here and in bare marimo of the same environment, compared cell by cell.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bare } from './bare.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Client, Notification } from './client.ts'
import { cells, expect, openNotebook, runAll, test } from './fixtures.ts'
import { ROOT } from './stack.ts'

const MARIMO = join(ROOT, '.venv/bin/marimo')
const PYTHON = join(ROOT, '.venv/bin/python')
const FOLDER = execFileSync(PYTHON, ['-c', 'import marimo._tutorials as t; print(list(t.__path__)[0])'], {
  encoding: 'utf8',
}).trim()
const TUTORIALS = readdirSync(FOLDER).filter((name) => /^[a-z].*\.(py|md)$/.test(name) && name !== '__init__.py')

/** Without the script header: a kernel is never shown one, and a tutorial prints its own file. */
function sourceOf(name: string): string {
  const path = join(FOLDER, name)
  const source = name.endsWith('.py') ? readFileSync(path, 'utf8') : execFileSync(MARIMO, ['convert', path], { encoding: 'utf8' }) // with -q it writes nothing
  return source.replace(/^# \/\/\/ script\n(#.*\n)*?# \/\/\/\n+/m, '')
}

async function here(client: Client, name: string, source: string): Promise<Notification[]> {
  const { id } = await client.notebook(`tutorial ${name}`, source)
  const tab = await client.tab()
  try {
    const { opened, kernel } = await client.open(tab, id)
    expect(opened.mode).toBe('edit')
    await kernel.runAll()
    await client.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
    return kernel.seen
  } finally {
    tab.close()
  }
}

async function bare(source: string): Promise<Cell[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tutorial-'))
  const file = join(folder, 'notebook.py')
  writeFileSync(file, source)
  const server = await Bare.start('edit', file)
  try {
    const seen = await server.run()
    return cellsOf(seen, server.files)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where two runs part, by cell and part (what it shows, what it prints), with a little of both sides. */
function compare(ours: readonly Cell[], theirs: readonly Cell[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const [index, cell] of ours.entries())
    for (const part of ['text', 'console'] as const) {
      const what = apart(cell[part], theirs[index]?.[part] ?? '')
      if (what !== null) found.set(`cell ${index + 1}, ${part}`, what)
    }
  return found
}

function apart(here: string, there: string): string | null {
  if (here === there) return null
  let at = 0
  while (here[at] === there[at]) at += 1
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))
  return `here ${around(here)}, in bare marimo ${around(there)}`
}

test('there are tutorials to compare', () => {
  expect(TUTORIALS.length).toBeGreaterThan(8)
})

for (const name of TUTORIALS) {
  test(`the tutorial ${name} comes out as in bare marimo`, async ({ client }) => {
    test.setTimeout(180_000)
    const source = sourceOf(name)
    expect(source).toContain('@app.cell')
    const ours = cellsOf(await here(await client('Analyst'), name.replace('.', ' '), source))
    const theirs = await bare(source)
    expect(ours.length).toBeGreaterThan(0)
    const frames = (cells: readonly Cell[]) => cells.map(({ text: _, console: __, ...cell }) => cell)
    expect(frames(ours)).toEqual(frames(theirs)) // ids, codes, names, configurations, last status, kind of output
    const differences = compare(ours, theirs)
    if (differences.size === 0) return
    // Random data: what differs between two runs of bare marimo itself is left out, and nothing else of its cell.
    const unsteady = compare(await bare(source), theirs)
    for (const place of unsteady.keys()) differences.delete(place)
    expect(Object.fromEntries(differences)).toEqual({})
    expect(unsteady.size).toBeLessThan(ours.length / 2)
  })
}

for (const name of ['intro.py', 'ui.py'])
  test(`the tutorial ${name} in the page: every cell is there and nothing broke`, async ({ client, person }) => {
    test.setTimeout(180_000)
    const source = sourceOf(name)
    const count = source.match(/^@app\.(cell|function|class_definition)|^with app\.setup/gm)?.length ?? 0
    const title = `in the page ${name.replace('.py', '')}`
    await (await client('Analyst')).notebook(title, source)
    const page = await person('Analyst')
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(error.message))
    const frame = await openNotebook(page, title)
    await runAll(frame)
    await expect(cells(frame)).toHaveCount(count)
    for (const cell of await cells(frame).all()) {
      await cell.scrollIntoViewIfNeeded()
      await expect(cell).toBeVisible()
    }
    expect(await frame.locator('.output-area').filter({ visible: true }).count()).toBeGreaterThan(count / 2)
    await expect(frame.getByText('Something went wrong')).toHaveCount(0)
    expect(broken).toEqual([])
  })
