// What people bring: sources that are no notebooks, broken ones, headers that want too much, files swapped under the kernel.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, endIn, type KernelStream, Refused } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { close, openAs, outputs } from './open.ts'
import { ROOT, until } from './stack.ts'

test('sources that are not notebooks are refused with what is wrong; nothing is made', async ({ client }) => {
  const mine = await client('Colleague')
  const before = (await mine.call('GET /api/notebooks')).length
  const codeOf = async (name: string, source: string) => {
    try {
      await mine.notebook(name, source)
      return 'taken'
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      expect(error.message.length).toBeGreaterThan(20)
      return error.code
    }
  }
  expect(await codeOf('huge', notebookOf(`text = '${'x'.repeat(5 * 2 ** 20)}'`))).toBe('source-too-big')
  expect(await codeOf('no app', 'print(1)\n')).toBe('not-a-notebook')
  expect((await mine.call('GET /api/notebooks')).length).toBe(before)
  await mine.notebook('twice', notebookOf('1'))
  expect(await codeOf('twice', notebookOf('2'))).toBe('name-taken')
})

test('a body that is not UTF-8 is refused', async ({ client, stack }) => {
  const mine = await client('Colleague')
  const body = Buffer.concat([
    Buffer.from('{"name":"bytes","source":"import marimo\\napp = marimo.App()\\n# '),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}'),
  ])
  const headers = {
    authorization: `Bearer ${mine.bearer}`,
    origin: stack.origin,
    'x-scrydon': '1',
    'content-type': 'application/json',
  }
  const answer = await fetch(`${stack.origin}/api/notebooks`, { method: 'POST', headers, body })
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'not-utf8'])
})

test('a syntax error in a cell stays in its cell; a notebook without cells opens', async ({ client }) => {
  const mine = await client('Colleague')
  const broken = await openAs(mine, 'syntax', notebookOf('a = 1', 'a + 1'))
  const { ids } = await broken.kernel.instantiate()
  await broken.kernel.run(ids, ['a = 1', 'a +'])
  expect(outputs(broken.kernel)).toMatch(/[Ss]yntax/)
  await close(broken)
  const empty = await openAs(mine, 'empty', 'import marimo\n\napp = marimo.App()\n\nif __name__ == "__main__":\n    app.run()\n')
  await empty.kernel.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
  await close(empty)
})

test('a notebook file whose syntax is wrong in a cell opens as written; the error is that cell’s', async ({ client }) => {
  const mine = await client('Colleague')
  const codes = ['a = 1', 'a +', "f'after {40 + 2}'"]
  const open = await openAs(mine, 'broken in a cell', notebookOf(...codes))
  const cells = await open.kernel.instantiate()
  expect(cells.codes).toEqual(codes)
  await open.kernel.run(cells.ids, codes)
  const failed = open.kernel.seen.find(({ data }) => /"type":"syntax"/.test(JSON.stringify(data)))
  expect(failed?.data.cell_id).toBe(cells.ids[1])
  expect(outputs(open.kernel)).toContain('after 42')
  expect(await mine.source(open.id)).toBe(notebookOf(...codes))
  await close(open)
})

test('a notebook file that Python cannot read is taken as written; its kernel says so and does not start', async ({ client }) => {
  const mine = await client('Colleague')
  const source = notebookOf('a = 1').replace('marimo.App()', 'marimo.App(width=)')
  const { id } = await mine.notebook('broken before its cells', source)
  const tab = await mine.tab()
  const seen = tab.events()
  const body = { mode: 'auto', tab: tab.id, theme: 'light' }
  const { kernel } = await mine.call('POST /api/notebooks/:id/open', { params: { id }, body })
  void tab.kernel(kernel).catch(() => undefined) // marimo reads the file for who attaches
  const { cause, message } = await until('the end is told', 60_000, () => endIn(seen, kernel))
  expect([cause, message]).toEqual(['start-failed', expect.stringContaining('not a marimo notebook that Python can read')])
  expect(await mine.source(id)).toBe(source)
  tab.close()
})

const MARKER = '/tmp/mcp-ran'
const { header: HEADER, keys: KEYS } = JSON.parse(
  execFileSync(join(ROOT, '.venv/bin/python'), [join(import.meta.dirname, 'header.py'), MARKER], { encoding: 'utf8' }),
) as { header: string; keys: string[] }

// All that marimo made of its configuration, as the kernel has it, and whether a planted command or path did anything.
const SAYS = notebookOf(
  `import base64, json, os, sys
from marimo._runtime.context import get_context
config = get_context().marimo_config
planted = [os.path.exists("${MARKER}"), "${MARKER}" in sys.path, any("mcp" in key.lower() for key in os.environ), os.path.exists("__marimo__")]
"SAYS:" + base64.b64encode(json.dumps([config, planted], sort_keys=True, default=str).encode()).decode() + ":"`,
)

const NOTHING = [false, false, false, false]

async function answered(kernel: KernelStream): Promise<unknown> {
  const fits = ({ op, data }: { op: string; data: object }) => op === 'cell-op' && /SAYS:\S+:/.test(JSON.stringify(data))
  const shown = await kernel.until('the answer', fits)
  return JSON.parse(Buffer.from(/SAYS:([A-Za-z0-9+/=]+):/.exec(JSON.stringify(shown.data))?.[1] ?? '', 'base64').toString())
}

async function configured(mine: Client, name: string, source: string, mode: 'auto' | 'run'): Promise<unknown> {
  const open = await openAs(mine, name, source, mode)
  const { data } = await open.kernel.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
  if (mode === 'auto') {
    await open.kernel.instantiate()
    expect(outputs(open.kernel)).not.toContain('"status":"running"') // its answer has come, and nothing ran
    await open.kernel.run(data.cell_ids as string[], data.codes as string[])
  }
  const kernel = await answered(open.kernel)
  expect(await mine.source(open.id)).toBe(source)
  await close(open)
  const { app_config, capabilities, configs } = data
  return { kernel, app_config, capabilities, configs }
}

for (const mode of ['auto', 'run'] as const)
  test(`a header that sets every key of the configuration changes none and runs nothing, ${mode === 'run' ? 'read' : 'edited'}; it is kept as written`, async ({
    client,
  }) => {
    expect(KEYS.length).toBeGreaterThan(100)
    expect(KEYS).toContain('mcp.mcpServers')
    const mine = await client('Colleague')
    const plain = await configured(mine, `plain, ${mode}`, SAYS, mode)
    expect(await configured(mine, `header, ${mode}`, HEADER + SAYS, mode)).toEqual(plain)
    expect(plain).toMatchObject({ kernel: [{ mcp: { mcpServers: {} } }, NOTHING] })
    expect(existsSync(MARKER)).toBe(false)
  })

/** All that a notebook's own lines and its layout file may say of files, caches and exports. */
const ASKS =
  'marimo.App(auto_download=["html", "ipynb", "markdown"], css_file="/etc/passwd", html_head_file="/etc/passwd", layout_file="layouts/notebook.slides.json")'
const LAYOUT = {
  type: 'slides',
  data: { cells: [{ type: 'code', show_code: true, html: '<script>stolen</script>' }], deck: { cache: true } },
}

test('who reads it: header, application and layout turn nothing on, in their kernel or in what it says to their page', async ({
  client,
}) => {
  const [author, reader] = [await client('Colleague'), await client('Analyst')]
  const read = async (name: string, source: string, layout: object | null) => {
    const made = await openAs(author, name, source)
    if (layout !== null) {
      const { ids, codes } = await made.kernel.instantiate()
      const rest = { names: ids.map(() => '_'), configs: ids.map(() => ({})), filename: 'notebook.py', persist: true }
      expect((await made.kernel.post('/api/kernel/save', { cellIds: ids, codes, layout, ...rest })).status).toBe(200)
    }
    await close(made)
    const body = { with: ['p_demo-analyst'], right: 'view', expires: null, onto: 0 }
    await author.call('PUT /api/notebooks/:id/shares', { params: { id: made.id }, body })
    const { opened, kernel } = await reader.open(await reader.tab(), made.id)
    expect(opened.mode).toBe('run')
    const { data } = await kernel.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
    const said = await answered(kernel)
    for (const path of ['html', 'auto_export/html', 'auto_export/ipynb', 'auto_export/markdown', 'pdf', 'update_cell_outputs'])
      expect((await kernel.post(`/api/export/${path}`, {})).status, path).toBe(403)
    expect(outputs(kernel)).not.toContain('root:x')
    await reader.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
    return {
      said,
      capabilities: data.capabilities,
      configs: data.configs,
      source: await author.source(made.id),
      codes: data.codes,
    }
  }
  const plain = await read('plain, read', SAYS, null)
  const asking = await read('asks, read', HEADER + SAYS.replace('marimo.App()', ASKS), LAYOUT)
  expect(asking.source).toContain('layout_file=')
  expect(asking.source).toContain(MARKER)
  expect({ ...asking, source: plain.source }).toEqual(plain)
  expect(plain.said).toMatchObject([{ mcp: { mcpServers: {} } }, NOTHING])
  expect(existsSync(MARKER)).toBe(false)
})

const DEPTH = 10_000
const DEEP: Readonly<Record<string, string>> = {
  lists: `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  objects: `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
}

for (const [what, deep] of Object.entries(DEEP))
  test(`${DEPTH} levels of ${what}, from somebody signed in: refused by the gateway, which goes on`, async ({
    client,
    stack,
  }) => {
    const mine = await client('Colleague')
    const open = await openAs(mine, `deep ${what}`, notebookOf('0'))
    const { ids } = await open.kernel.instantiate()
    const gateway = stack.pid('gateway')
    const headers = {
      authorization: `Bearer ${mine.bearer}`,
      origin: stack.origin,
      'x-scrydon': '1',
      'content-type': 'application/json',
    }
    const answers = []
    for (const body of [deep, `{"name":${deep}}`, `{"name":"deep","source":"1","more":${deep}}`])
      answers.push((await fetch(`${stack.origin}/api/notebooks`, { method: 'POST', headers, body })).status)
    expect(answers).toEqual([400, 400, 400])
    for (const path of ['/api/kernel/run', '/api/kernel/save', '/api/kernel/function_call', '/api/kernel/instantiate'])
      for (const body of [deep, `{"cellIds":[],"layout":${deep},"codes":${deep}}`])
        expect((await open.kernel.send(path, body)).status, path).toBe(403)
    await open.kernel.run(ids, ["f'still {6 * 7}'"])
    expect(outputs(open.kernel)).toContain('still 42')
    expect(stack.pid('gateway')).toBe(gateway)
    await close(open)
  })

// The kernel may put anything in place of its own files; what marimo then does with them is said and bounded.
const REPLACED = /replaced by a link, a pipe or a device/
const SWAPS = [
  ['a symlink', 'path.symlink_to("/etc/passwd")', 'path.is_symlink()', 'refused'],
  ['a FIFO', 'os.mkfifo(path)', 'path.is_fifo()', 'refused'],
  ['a folder', 'path.mkdir()', 'path.is_dir()', 'refused'],
  [
    'a hard link',
    '(path.parent / "other").write_text("theirs"); os.link(path.parent / "other", path)',
    'path.stat().st_nlink == 2',
    'saved',
  ],
  // A kernel has no right to make one, so nothing stands there.
  [
    'a device',
    'with contextlib.suppress(PermissionError): os.mknod(path, 0o20600, os.makedev(1, 3))',
    'not path.exists()',
    'saved',
  ],
] as const
const PLACES = { 'its file': 'notebook.py', 'its layout': 'layouts/notebook.grid.json' } as const

for (const [what, make, stands, outcome] of SWAPS)
  for (const [where, file] of Object.entries(PLACES))
    test(`${what} in place of ${where}: a save is ${outcome} in time, its target is never stored`, async ({ client }) => {
      const mine = await client('Colleague')
      const source = notebookOf('0', '1')
      const open = await openAs(mine, `switch, ${what} ${where}`, source)
      const { ids } = await open.kernel.instantiate()
      const swap = [
        'import contextlib, os, pathlib',
        `path = pathlib.Path.home() / "${file}"`,
        'path.parent.mkdir(exist_ok=True)',
        'path.unlink(missing_ok=True)',
        make,
        `f"tried {${stands}}"`,
      ].join('\n')
      await open.kernel.run(ids.slice(0, 1), [swap])
      expect(outputs(open.kernel)).toContain('tried True')
      const grid = { type: 'grid', data: { columns: 24, rowHeight: 20, maxWidth: 1400, bordered: true, cells: [] } }
      const body = {
        cellIds: ids,
        codes: ['0', '"saved after the swap"'],
        names: ids.map(() => '_'),
        configs: ids.map(() => ({ hide_code: false, disabled: false, column: null })),
        filename: 'notebook.py',
        layout: file === 'notebook.py' ? null : grid,
        persist: true,
      }
      const started = performance.now()
      const saved = await open.kernel.post('/api/kernel/save', body)
      expect(performance.now() - started).toBeLessThan(10_000)
      const stored = await mine.source(open.id)
      expect(stored).not.toContain('root:')
      expect(stored).not.toContain('theirs')
      if (outcome === 'saved') expect([saved.status, stored]).toEqual([200, saved.body])
      else {
        expect(saved.status).toBe(500)
        expect(saved.body).toMatch(what === 'a folder' && where === 'its layout' ? /Is a directory/ : REPLACED)
        expect(stored).toBe(source)
      }
      await close(open)
    })
