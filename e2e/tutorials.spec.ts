// Every notebook of `marimo tutorial`, run here and in bare marimo of the same environment, compared cell by cell.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bare } from './bare.ts'
import { type Cell, cellsOf } from './cells.ts'
import type { Client, Notification } from './client.ts'
import { expect, test } from './fixtures.ts'
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
  const source = name.endsWith('.py')
    ? readFileSync(path, 'utf8')
    : execFileSync(MARIMO, ['-q', 'convert', path], { encoding: 'utf8' })
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

async function bare(source: string): Promise<Notification[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tutorial-'))
  const file = join(folder, 'notebook.py')
  writeFileSync(file, source)
  const server = await Bare.start('edit', file)
  try {
    return await server.run()
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Difference = { readonly cell: number; readonly what: string }

/** Where two runs part: what a cell shows and what it prints, with a little of both sides. */
function compare(ours: readonly Cell[], theirs: readonly Cell[]): Difference[] {
  return ours.flatMap((cell, index) =>
    (['text', 'console'] as const).flatMap((part) => {
      const what = apart(cell[part], theirs[index]?.[part] ?? '')
      return what === null ? [] : [{ cell: index + 1, what: `cell ${index + 1}, ${part}: ${what}` }]
    }),
  )
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
    const ours = cellsOf(await here(await client('Analyst'), name.replace('.', ' '), source))
    const theirs = cellsOf(await bare(source))
    expect(ours.length).toBeGreaterThan(0)
    expect(ours.map(({ status, mimetype }) => ({ status, mimetype }))).toEqual(
      theirs.map(({ status, mimetype }) => ({ status, mimetype })),
    )
    const differences = compare(ours, theirs)
    if (differences.length === 0) return
    // Random data: what differs between two runs of bare marimo itself is left out, and nothing else.
    const unsteady = new Set(compare(cellsOf(await bare(source)), theirs).map(({ cell }) => cell))
    expect(differences.filter(({ cell }) => !unsteady.has(cell)).map(({ what }) => what)).toEqual([])
    expect(unsteady.size).toBeLessThan(ours.length / 2)
  })
}
