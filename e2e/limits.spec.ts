// Misbehaviour: each ends in a clear message, only that kernel suffers, the source is intact as written.
import { endIn } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { close, type Open, openAs, outputs } from './open.ts'
import { until } from './stack.ts'

test('os._exit: the cause is said, the source stays', async ({ client }) => {
  const mine = await client('Colleague')
  const source = notebookOf('import os\nos._exit(3)')
  const open = await openAs(mine, 'exit', source)
  const { ids } = await open.kernel.instantiate()
  const seen = open.tab.events()
  await open.kernel.post('/api/kernel/run', { cellIds: ids, codes: ['import os\nos._exit(3)'] })
  const started = performance.now()
  const { at, cause, message } = await until('the end is told', 10_000, () => endIn(seen, open.kernelId))
  expect(at - started).toBeLessThan(2000)
  expect(cause).toBe('crashed')
  expect(message).toContain('exit code 3')
  expect(await mine.source(open.id)).toBe(source)
  await close(open)
})

/** How long each of twenty small runs took, the longest. */
async function longest({ kernel }: Open, ids: readonly string[], mark: string): Promise<number> {
  let longest = 0
  for (let round = 1; round <= 20; round += 1) {
    const started = performance.now()
    await kernel.run(ids.slice(0, 1), [`f'${mark} {${round} + 40}'`])
    longest = Math.max(longest, performance.now() - started)
  }
  expect(outputs(kernel)).toContain(`${mark} 60`)
  return longest
}

// The first cell fills the limit with children that wait, and says so; the second lets all of them fork for ever.
const FILL = `import errno, os
gate = os.pipe()
children = 0
while True:
    try:
        if os.fork() == 0:
            os.close(gate[1])
            os.read(gate[0], 1)
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        children += 1
    except OSError as error:
        refused = errno.errorcode[error.errno]
        break
f"{children} children, then {refused}"`

test('a fork bomb reaches its limit and an endless loop its interrupt; somebody else hardly notices', async ({ client }) => {
  const quiet = await openAs(await client('Analyst'), 'bystander', notebookOf('0'))
  const bomber = await openAs(await client('Colleague'), 'bomb', notebookOf('0', '0'))
  const looper = await openAs(await client('Owner'), 'loop', notebookOf('0', '0'))
  const [steady, bomb, loop] = await Promise.all([quiet, bomber, looper].map(({ kernel }) => kernel.instantiate()))
  const before = await longest(quiet, steady?.ids ?? [], 'quiet')
  await bomber.kernel.run(bomb?.ids.slice(0, 1) ?? [], [FILL])
  const [, children, error] = /(\d+) children, then (\w+)/.exec(outputs(bomber.kernel)) ?? []
  expect(error).toBe('EAGAIN')
  expect(Number(children)).toBeGreaterThan(200)
  expect(Number(children)).toBeLessThan(256)
  await bomber.kernel.post('/api/kernel/run', { cellIds: bomb?.ids.slice(1), codes: ['os.close(gate[1])\nos.close(gate[0])'] })
  await looper.kernel.post('/api/kernel/run', { cellIds: loop?.ids.slice(0, 1), codes: ['while True: pass'] })
  await looper.kernel.until('the loop runs', ({ op, data }) => op === 'cell-op' && data.status === 'running')
  const during = await longest(quiet, steady?.ids ?? [], 'beside')
  test
    .info()
    .annotations.push({ type: 'bystander', description: `${before.toFixed(0)} ms quiet, ${during.toFixed(0)} ms beside` })
  expect(during).toBeLessThan(Math.max(1000, 10 * before))
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

test('allocation without end is stopped at the limit, which is named', async ({ client, stack }) => {
  const mine = await client('Colleague')
  const open = await openAs(mine, 'memory', notebookOf('0'))
  const seen = open.tab.events()
  const { ids } = await open.kernel.instantiate()
  const code =
    "held = []\nwhile True:\n    held.append(bytearray(64 * 2**20))\n    for block in held[-1:]:\n        block[::4096] = b'x' * len(block[::4096])"
  await open.kernel.post('/api/kernel/run', { cellIds: ids.slice(0, 1), codes: [code] })
  if ((await stack.health())?.isolation?.level === 3) {
    const { cause, message } = await until('the end is told', 90_000, () => endIn(seen, open.kernelId))
    expect(cause).toBe('memory')
    expect(message).toContain('memory limit of 2 GB')
  } else await open.kernel.until('the cell fails', ({ data }) => JSON.stringify(data).includes('MemoryError'), 90_000)
  expect(await mine.source(open.id)).toBe(notebookOf('0'))
  await close(open)
})

test('file descriptors run out in the cell that opened them; the kernel goes on once they are closed', async ({ client }) => {
  const open = await openAs(await client('Colleague'), 'descriptors', notebookOf('0', '0', '0'))
  const { ids } = await open.kernel.instantiate()
  const hoard = `import errno
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError as error:
    said = errno.errorcode[error.errno]
many = len(held)
del held[-100:]  # showing anything takes a few
f"{many} files, then {said}"`
  await open.kernel.run(ids.slice(0, 1), [hoard])
  const [, files, error] = /(\d+) files, then (\w+)/.exec(outputs(open.kernel)) ?? []
  expect(error).toBe('EMFILE')
  expect(Number(files)).toBeGreaterThan(3900)
  expect(Number(files)).toBeLessThan(4096)
  await open.kernel.run(ids.slice(1), ['while held:\n    held.pop().close()', "f'on {6 * 7}'"])
  expect(outputs(open.kernel)).toContain('on 42')
  await close(open)
})

test('a disk filled without end is stopped at the limit, which is named; somebody else saves meanwhile', async ({ client }) => {
  const [mine, other] = [await client('Colleague'), await client('Analyst')]
  const open = await openAs(mine, 'scratch', notebookOf('0'))
  const seen = open.tab.events()
  const { ids } = await open.kernel.instantiate()
  const fill =
    "import itertools\nfor n in itertools.count():\n    with open(f'filling {n}', 'wb') as file:\n        file.write(bytes(64 * 2**20))"
  await open.kernel.post('/api/kernel/run', { cellIds: ids, codes: [fill] })
  const beside = await other.notebook('saved beside', notebookOf('1'))
  const { cause, message } = await until('the end is told', 90_000, () => endIn(seen, open.kernelId))
  expect([cause, message]).toEqual(['scratch', expect.stringContaining('2 GB of scratch space')])
  expect(await other.source(beside.id)).toBe(notebookOf('1'))
  expect(await mine.source(open.id)).toBe(notebookOf('0'))
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
