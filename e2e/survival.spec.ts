// kill -9 of each process, with a real kernel in a real browser.
import { endIn } from './client.ts'
import { edit, expect, kernel, notebookOf, openNotebook, output, type Page, runAll, test } from './fixtures.ts'
import { commandOf, descendants, parentOf, until } from './stack.ts'

const STATE = notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'", 'step = 0')

const SAID = 2000 // ms from a killing to the message at the client

// `npm run soak` repeats each killing: SOAK=50.
const ROUNDS = Number(process.env.SOAK ?? 1)
const AT_MOST = 120_000 + ROUNDS * 45_000
const anyMoment = (page: Page) => page.waitForTimeout(Math.random() * 2500)

test('the gateway killed at any moment: the same kernel, its variables and outputs, no gap, no duplicate, no acknowledged save lost', async ({
  person,
  client,
  stack,
}) => {
  test.setTimeout(AT_MOST)
  const { id } = await (await client('Analyst')).notebook('gateway dies', STATE)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'gateway dies')
  await runAll(frame)
  const token = (await output(frame, 2).textContent())?.match(/[0-9a-f]{8}/)?.[0] ?? ''
  expect(token).not.toBe('')
  for (let round = 1; round <= ROUNDS; round += 1) {
    await edit(page, frame, 3, 'import time\nfor step in range(60):\n    print(f"<{step}>", flush=True)\n    time.sleep(0.1)')
    await expect(kernel(page)).toHaveText('running')
    await anyMoment(page)
    await stack.kill('gateway')
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
    const said = ((await frame.locator('.marimo-cell').nth(3).textContent()) ?? '').match(/<\d+>/g)
    expect(said).toEqual(Array.from({ length: 60 }, (_, n) => `<${n}>`))
    await edit(page, frame, 2, `f'round ${round} {token}'`)
    await expect(output(frame, 2)).toContainText(`round ${round} ${token}`)
    await expect.poll(async () => (await client('Analyst')).source(id), { timeout: 30_000 }).toContain(`round ${round} {token}`)
  }
})

test('the runner killed: kernels end, the page says the variables are gone, the source is intact, a restart works', async ({
  person,
  client,
  stack,
}) => {
  test.setTimeout(AT_MOST)
  const mine = await client('Analyst')
  const { id } = await mine.notebook('runner dies', STATE)
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'runner dies')
  for (let round = 1; round <= ROUNDS; round += 1) {
    await runAll(frame)
    const source = await (await client('Analyst')).source(id)
    await anyMoment(page)
    await mine.renew()
    const watching = await mine.tab()
    const seen = watching.events()
    const running = (await mine.call('GET /api/kernels')).find(({ phase }) => phase.phase === 'ready')?.kernel ?? ''
    const kernels = descendants(stack.pid('runner'))
    const started = performance.now()
    const another = stack.kill('runner')
    const gone = () => kernels.every(({ pid, command }) => commandOf(pid) !== command)
    await until('its kernels have ended', 10_000, gone)
    expect(performance.now() - started).toBeLessThan(SAID)
    await until('the end is told', 10_000, () => endIn(seen, running)) // when the next runner is there: a link alone may be lost
    watching.close()
    await another
    await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 30_000 })
    await expect(page.getByText(/variables .*gone/).first()).toBeVisible()
    expect(await (await client('Analyst')).source(id)).toBe(source)
    await page.getByRole('button', { name: 'Start again' }).click()
    await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
  }
})

test('the zygote killed: running kernels go on, the next open works', async ({ person, client, stack }) => {
  test.setTimeout(AT_MOST)
  const mine = await client('Analyst')
  await mine.notebook('zygote dies', STATE)
  await mine.notebook('opened after', notebookOf("'fresh'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'zygote dies')
  await runAll(frame)
  const other = await mine.tab()
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = stack.zygote()
    process.kill(before, 'SIGKILL')
    await edit(page, frame, 2, `f'alive ${round} {token}'`)
    await expect(output(frame, 2)).toContainText(`alive ${round}`)
    await until('another zygote', 90_000, () => stack.zygoteOrNull() !== null && stack.zygoteOrNull() !== before)
    await mine.renew()
    const { id } = await mine.find('opened after')
    const opened = await until('a kernel starts', 90_000, () => mine.open(other, id).catch(() => null))
    await opened.kernel.runAll()
    expect(JSON.stringify(opened.kernel.seen.map(({ data }) => data))).toContain('fresh')
    await mine.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.opened.kernel } })
  }
  other.close()
})

test('the kernel ends itself: said at once, with its cause, and the source is intact', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('exits', notebookOf("'before'", 'import os', '1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'exits')
  await runAll(frame)
  await edit(page, frame, 2, 'os._exit(1)')
  await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 10_000 })
  await expect.poll(() => mine.source(id)).toContain('os._exit(1)')
})

/** marimo's server is the zygote's child; the kernel is the child of the server's child. */
function roles(zygote: number, born: ReadonlySet<number>): { server: number; worker: number } {
  const childOf = (parent: number): number => {
    const found = [...born].find((pid) => parentOf(pid) === parent)
    if (found === undefined) throw new Error(`process ${parent} has no child`)
    return found
  }
  const server = childOf(zygote)
  return { server, worker: childOf(childOf(server)) }
}

test('a marimo server or a kernel killed at any moment: said within two seconds, with its cause; the other person works on', async ({
  client,
  stack,
}) => {
  test.setTimeout(AT_MOST)
  const [mine, other] = [await client('Analyst'), await client('Colleague')]
  const source = notebookOf('0')
  const { id } = await mine.notebook('process dies', source)
  const [tab, beside] = [await mine.tab(), await other.tab()]
  const seen = tab.events()
  const { kernel: quiet } = await other.open(beside, (await other.notebook('process lives', source)).id)
  const { ids: quietIds } = await quiet.instantiate()
  for (let round = 0; round < ROUNDS * 2; round += 1) {
    await mine.renew()
    const before = new Set(descendants(stack.pid('runner')).map(({ pid }) => pid))
    const { opened, kernel } = await mine.open(tab, id)
    const { ids } = await kernel.instantiate()
    await kernel.post('/api/kernel/run', {
      cellIds: ids,
      codes: ['import time\nwhile True:\n    print(1)\n    time.sleep(0.01)'],
    })
    const born = descendants(stack.pid('runner')).filter(({ pid }) => !before.has(pid))
    const { server, worker } = roles(stack.zygote(), new Set(born.map(({ pid }) => pid)))
    await new Promise((done) => setTimeout(done, Math.random() * 300))
    const started = performance.now()
    process.kill(round % 2 === 0 ? worker : server, 'SIGKILL')
    const end = await until('the end is told', 10_000, () => endIn(seen, opened.kernel))
    expect(end.at - started).toBeLessThan(SAID)
    expect([end.cause, end.message]).toEqual(['crashed', expect.stringMatching(/kill signal|stopped unexpectedly/)])
    expect(await mine.source(id)).toBe(source)
    await quiet.run(quietIds, [`f'round {${round}}'`])
    expect(JSON.stringify(quiet.seen.map(({ data }) => data))).toContain(`round ${round}`)
  }
  tab.close()
  beside.close()
})
