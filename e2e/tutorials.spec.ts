// Every notebook of `marimo tutorial`, run here and in bare marimo of the same environment, compared cell by cell.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bare } from './bare.ts'
import { cellsOf } from './cells.ts'
import type { Client, Notification } from './client.ts'
import { expect, test } from './fixtures.ts'
import { ROOT } from './stack.ts'

const MARIMO = join(ROOT, '.venv/bin/marimo')
const PYTHON = join(ROOT, '.venv/bin/python')
const FOLDER = execFileSync(PYTHON, ['-c', 'import marimo._tutorials as t; print(list(t.__path__)[0])'], {
  encoding: 'utf8',
}).trim()
const TUTORIALS = readdirSync(FOLDER).filter((name) => /^[a-z].*\.(py|md)$/.test(name) && name !== '__init__.py')

function sourceOf(name: string): string {
  if (name.endsWith('.py')) return readFileSync(join(FOLDER, name), 'utf8')
  return execFileSync(MARIMO, ['-q', 'convert', join(FOLDER, name)], { encoding: 'utf8' })
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
    for (const [index, cell] of ours.entries()) expect(cell, `cell ${index + 1}`).toEqual(theirs[index])
  })
}
