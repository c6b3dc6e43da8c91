// Bad input and misbehaviour: each ends in a clear message, only that kernel suffers, the source is intact as written.
import type { Client, KernelStream, Tab } from './client.ts'
import { endIn, Refused } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { until } from './stack.ts'

const HEADER = `# /// script
# requires-python = ">=3.11"
# dependencies = ["not-a-package"]
# [tool.marimo.runtime]
# auto_instantiate = true
# serve_cached_sessions_in_apps = true
# dotenv = ["/etc/passwd"]
# pythonpath = ["/tmp"]
# default_auto_download = ["html"]
# [tool.marimo.ai]
# enabled = true
# [tool.marimo.experimental]
# rtc_v2 = true
# [tool.marimo.mcp.mcpServers.evil]
# command = "touch"
# args = ["/tmp/mcp-ran"]
# [tool.marimo.venv]
# path = "/tmp/evil"
# ///

`

type Open = {
  readonly mine: Client
  readonly id: string
  readonly tab: Tab
  readonly kernel: KernelStream
  readonly kernelId: string
}

async function openAs(mine: Client, name: string, source: string): Promise<Open> {
  const { id } = await mine.notebook(name, source)
  const tab = await mine.tab()
  const { opened, kernel } = await mine.open(tab, id)
  return { mine, id, tab, kernel, kernelId: opened.kernel }
}

async function close({ mine, tab, kernelId }: Open): Promise<void> {
  tab.close()
  await mine.call('POST /api/kernels/:kernel/stop', { params: { kernel: kernelId } }).catch(() => undefined)
}

const outputs = (kernel: KernelStream): string => JSON.stringify(kernel.seen.map(({ data }) => data))

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
  expect(answer.status).toBe(400)
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

test('a header that sets everything changes nothing here, and is kept as written', async ({ client }) => {
  const mine = await client('Colleague')
  const source = HEADER + notebookOf("import os\nos.path.exists('/tmp/mcp-ran')")
  const open = await openAs(mine, 'header', source)
  await open.kernel.until('the kernel is ready', ({ op }) => op === 'kernel-ready')
  expect(outputs(open.kernel)).not.toContain('"status":"running"')
  await open.kernel.runAll()
  expect(outputs(open.kernel)).toContain('False')
  expect(await mine.source(open.id)).toBe(source)
  await close(open)
})

test('os._exit: the cause is said, the source stays', async ({ client }) => {
  const mine = await client('Colleague')
  const source = notebookOf('import os\nos._exit(3)')
  const open = await openAs(mine, 'exit', source)
  const { ids } = await open.kernel.instantiate()
  const seen = open.tab.events()
  const started = performance.now()
  await open.kernel.post('/api/kernel/run', { cellIds: ids, codes: ['import os\nos._exit(3)'] })
  const { at, cause, message } = await until('the end is told', 10_000, () => endIn(seen, open.kernelId))
  expect(at - started).toBeLessThan(2000)
  expect(cause).toBe('crashed')
  expect(message).toMatch(/kernel/i)
  expect(await mine.source(open.id)).toBe(source)
  await close(open)
})

test('a fork bomb and an endless loop disturb nobody else; the loop is interrupted', async ({ client }) => {
  const bomber = await openAs(await client('Colleague'), 'bomb', notebookOf('0'))
  const looper = await openAs(await client('Owner'), 'loop', notebookOf('0', '0'))
  const quiet = await openAs(await client('Analyst'), 'bystander', notebookOf('0'))
  const [bomb, loop, steady] = await Promise.all([bomber, looper, quiet].map(({ kernel }) => kernel.instantiate()))
  const code = 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass'
  await bomber.kernel.post('/api/kernel/run', { cellIds: bomb?.ids.slice(0, 1), codes: [code] })
  await looper.kernel.post('/api/kernel/run', { cellIds: loop?.ids.slice(0, 1), codes: ['while True: pass'] })
  await looper.kernel.until('the loop runs', ({ op, data }) => op === 'cell-op' && data.status === 'running')
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now()
    await quiet.kernel.run(steady?.ids.slice(0, 1) ?? [], [`f'answer {${round} + 40}'`])
    expect(performance.now() - started).toBeLessThan(20_000)
  }
  expect(outputs(quiet.kernel)).toContain('answer 42')
  const from = looper.kernel.seen.length
  expect((await looper.kernel.post('/api/kernel/interrupt', {})).status).toBe(200)
  await looper.kernel.until('the loop has ended', ({ op }) => op === 'completed-run', 20_000, from)
  expect(outputs(looper.kernel)).toMatch(/interrupt/i)
  await looper.kernel.run(loop?.ids.slice(1, 2) ?? [], ["'after ' + 'the loop'"])
  expect(outputs(looper.kernel)).toContain('after the loop')
  await Promise.all([close(bomber), close(looper)])
  await expect
    .poll(async () => (await bomber.mine.call('GET /api/kernels')).filter(({ phase }) => phase.phase === 'ready').length, {
      timeout: 30_000,
    })
    .toBe(0)
  await close(quiet)
})

test('allocation without end is stopped at the limit, which is named', async ({ client }) => {
  const mine = await client('Colleague')
  const open = await openAs(mine, 'memory', notebookOf('0'))
  const { ids } = await open.kernel.instantiate()
  const code =
    "held = []\nwhile True:\n    held.append(bytearray(64 * 2**20))\n    for block in held[-1:]:\n        block[::4096] = b'x' * len(block[::4096])"
  await open.kernel.post('/api/kernel/run', { cellIds: ids.slice(0, 1), codes: [code] })
  await expect
    .poll(
      async () => {
        const phase = (await mine.call('GET /api/kernels')).find(({ kernel }) => kernel === open.kernelId)?.phase
        if (phase?.phase === 'exited') return `${phase.cause}: ${phase.message}`
        return outputs(open.kernel).includes('MemoryError') ? 'MemoryError in the cell' : phase?.phase
      },
      { timeout: 90_000 },
    )
    .toMatch(/^memory: .*2 GB|MemoryError in the cell/)
  await close(open)
})

test('100 MB of stdout and an output of 50 MB are cut with a mark; the kernel lives on', async ({ client }) => {
  const open = await openAs(await client('Colleague'), 'flood', notebookOf('0', '0'))
  const { ids } = await open.kernel.instantiate()
  const received = () => open.kernel.seen.reduce((sum, { bytes }) => sum + bytes, 0)
  await open.kernel.run(ids.slice(0, 1), ["print('x' * 100_000_000)"], 180_000)
  expect(outputs(open.kernel)).toContain('marimo truncated a very large console output')
  expect(received()).toBeLessThan(20_000_000)
  const before = received()
  await open.kernel.run(ids.slice(1, 2), ["'y' * 50_000_000"], 120_000)
  expect(outputs(open.kernel)).toContain('one output may have 8 MB')
  expect(received() - before).toBeLessThan(1_000_000)
  const largest = Math.max(...open.kernel.seen.map(({ bytes }) => bytes))
  expect(largest).toBeLessThan(16 * 2 ** 20)
  await open.kernel.run(ids.slice(1, 2), ["f'still {6 * 7}'"])
  expect(outputs(open.kernel).slice(-4000)).toContain('still 42')
  await close(open)
})

test('100 MB in a hundred prints: all of it passes a page that reads, and one that comes back gets the end, with a mark', async ({
  client,
}) => {
  const open = await openAs(await client('Colleague'), 'prints', notebookOf('0'))
  const { ids } = await open.kernel.instantiate()
  await open.kernel.run(ids.slice(0, 1), ["for _ in range(100):\n    print('x' * 1_000_000)\nprint('the last line')"], 180_000)
  open.tab.close()
  const tab = await open.mine.tab()
  const { kernel } = await open.mine.open(tab, open.id)
  await kernel.until('the last line', ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes('the last line'))
  expect(outputs(kernel)).toContain('[earlier output is not kept]')
  expect(kernel.seen.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(8_000_000)
  await close({ ...open, tab })
})

// The kernel may put anything in place of its own files; what marimo then does with them is said and bounded.
const SWAPS = [
  ['a symlink', 'path.symlink_to("/etc/passwd")', 'notebook.py'],
  ['a FIFO', 'os.mkfifo(path)', 'notebook.py'],
  ['a symlink for its layout', 'path.symlink_to("/etc/passwd")', 'layouts/notebook.grid.json'],
  ['a FIFO for its layout', 'os.mkfifo(path)', 'layouts/notebook.grid.json'],
] as const

for (const [what, make, file] of SWAPS)
  test(`${what} in place of its file: a save ends in time, its target is never stored`, async ({ client }) => {
    const mine = await client('Colleague')
    const source = notebookOf('0', '1')
    const open = await openAs(mine, `switch, ${what}`, source)
    const { ids } = await open.kernel.instantiate()
    const swap = [
      'import os, pathlib',
      `path = pathlib.Path.home() / "${file}"`,
      'path.parent.mkdir(exist_ok=True)',
      'path.unlink(missing_ok=True)',
      make,
      'f"tried {path.is_symlink() or path.is_fifo()}"',
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
    if (saved.status === 200) expect(stored).toBe(saved.body)
    else {
      expect(saved.status).toBeGreaterThanOrEqual(400)
      expect(saved.body).toMatch(/replaced by a link or a pipe/)
      expect(stored).toBe(source)
    }
    await close(open)
  })
