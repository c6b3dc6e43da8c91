// Bad input and misbehaviour: each ends in a clear message, only that kernel suffers, the source is intact as written.
import type { Client, KernelStream, Tab } from './client.ts'
import { Refused } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'

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

/** The end of a kernel as its person is told it. */
async function ending(mine: Client, kernelId: string, ms = 60_000): Promise<{ cause: string; message: string }> {
  let last: unknown = null
  await expect
    .poll(
      async () => {
        const phase = (await mine.call('GET /api/kernels')).find(({ kernel }) => kernel === kernelId)?.phase
        last = phase ?? null
        return phase?.phase
      },
      { timeout: ms },
    )
    .toBe('exited')
  return last as { cause: string; message: string }
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
  await open.kernel.instantiate()
  await open.kernel.post('/api/kernel/run', { cellIds: ['Hbol'], codes: ['import os\nos._exit(3)'] })
  const { cause, message } = await ending(mine, open.kernelId)
  expect(cause).toBe('crashed')
  expect(message).toMatch(/kernel/i)
  expect(await mine.source(open.id)).toBe(source)
  await close(open)
})

test('a fork bomb and an endless loop disturb nobody else', async ({ client }) => {
  const bomber = await openAs(await client('Colleague'), 'bomb', notebookOf('0'))
  const quiet = await openAs(await client('Analyst'), 'bystander', notebookOf('0'))
  const [bomb, steady] = [await bomber.kernel.instantiate(), await quiet.kernel.instantiate()]
  const code = 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass'
  await bomber.kernel.post('/api/kernel/run', { cellIds: bomb.ids.slice(0, 1), codes: [code] })
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now()
    await quiet.kernel.run(steady.ids.slice(0, 1), [`${round} + 40`])
    expect(performance.now() - started).toBeLessThan(20_000)
  }
  expect(outputs(quiet.kernel)).toContain('42')
  await close(bomber)
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
  await open.kernel.run(ids.slice(0, 1), ["for _ in range(100):\n    print('x' * 1_000_000)"], 180_000)
  await open.kernel.run(ids.slice(1, 2), ["'y' * 50_000_000"], 120_000)
  const received = open.kernel.seen.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(received).toBeLessThan(150_000_000)
  const largest = Math.max(...open.kernel.seen.map(({ bytes }) => bytes))
  expect(largest).toBeLessThan(16 * 2 ** 20)
  await open.kernel.run(ids.slice(1, 2), ['6 * 7'])
  expect(outputs(open.kernel).slice(-4000)).toContain('42')
  await close(open)
})

test('a symlink or a FIFO in place of its file is never followed, and what is stored stays', async ({ client }) => {
  const mine = await client('Colleague')
  const source = notebookOf('0')
  const open = await openAs(mine, 'switch', source)
  const { ids } = await open.kernel.instantiate()
  const code = [
    'import marimo as mo, os, pathlib',
    'here = pathlib.Path(mo.notebook_location()) / "notebook.py"',
    'tried = []',
    'for make in (lambda: here.symlink_to("/etc/passwd"), lambda: os.mkfifo(here)):',
    '    try:',
    '        here.unlink(missing_ok=True)',
    '        make()',
    '        tried.append("made")',
    '    except OSError as error:',
    '        tried.append(type(error).__name__)',
    'tried',
  ].join('\n')
  await open.kernel.run(ids.slice(0, 1), [code])
  expect(await mine.source(open.id)).toBe(source)
  expect(await mine.source(open.id)).not.toContain('root:')
  await close(open)
})
