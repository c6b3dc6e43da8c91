// kill -9 of each process, with a real kernel in a real browser: what a person sees.
import { endIn } from './client.ts'
import { edit, expect, kernel, notebookOf, openNotebook, output, runAll, test, type } from './fixtures.ts'
import { orphans } from './leftovers.ts'
import { rounds, within } from './rounds.ts'
import { alive, descendants, parentOf, until } from './stack.ts'

const STATE = notebookOf('import os', 'token = os.urandom(4).hex()', "f'token {token}'", 'step = 0')

const SAID = 2000 // ms from a killing to the message at the client
const ENDED = { server: /was ended by a kill signal/, worker: /stopped unexpectedly/ }

rounds(
  'the gateway killed at any moment of a run: the same kernel, its variables and outputs, no gap, no duplicate, the save before it kept',
  (round) =>
    async ({ person, client, stack }) => {
      const name = `gateway dies ${round}`
      const mine = await client('Analyst')
      const { id } = await mine.notebook(name, STATE)
      const page = await person('Analyst')
      const frame = await openNotebook(page, name)
      await runAll(frame)
      const token = (await output(frame, 2).textContent())?.match(/[0-9a-f]{8}/)?.[0] ?? ''
      expect(token).not.toBe('')
      await edit(page, frame, 3, 'import time\nfor step in range(60):\n    print(f"<{step}>", flush=True)\n    time.sleep(0.1)')
      await expect(kernel(page)).toHaveText('running')
      await expect.poll(() => mine.source(id)).toContain('range(60)')
      await within(2500)
      await stack.kill('gateway')
      await mine.renew()
      expect(await mine.source(id)).toContain('range(60)')
      await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
      const said = async () => ((await frame.locator('.marimo-cell').nth(3).textContent()) ?? '').match(/<\d+>/g)
      const all = Array.from({ length: 60 }, (_, n) => `<${n}>`)
      await expect.poll(said).toEqual(all)
      await edit(page, frame, 2, `f'after {token}'`)
      await expect(output(frame, 2)).toContainText(`after ${token}`)
      expect(await said()).toEqual(all) // nothing came twice
      await expect.poll(() => mine.source(id), { timeout: 30_000 }).toContain('after {token}')
      expect(await orphans(stack, [mine]), 'orphaned').toEqual([])
    },
)

rounds(
  'the runner killed: kernels end, the page says the variables are gone, the source is intact, a restart works',
  (round) =>
    async ({ person, client, stack }) => {
      const name = `runner dies ${round}`
      const mine = await client('Analyst')
      const { id } = await mine.notebook(name, STATE)
      const page = await person('Analyst')
      const frame = await openNotebook(page, name)
      await runAll(frame)
      const source = await mine.source(id)
      const watching = await mine.tab()
      const seen = watching.events()
      const running = (await mine.call('GET /api/kernels')).find(({ phase }) => phase.phase === 'ready')?.kernel ?? ''
      await within(2500)
      const kernels = descendants(stack.pid('runner'))
      expect(kernels.length).toBeGreaterThan(2)
      const started = performance.now()
      const another = stack.kill('runner')
      await until('its kernels have ended', 10_000, () => kernels.every(({ pid }) => !alive(pid)))
      expect(performance.now() - started).toBeLessThan(SAID)
      await until('the end is told', 10_000, () => endIn(seen, running)) // when the next runner is there: a link alone may be lost
      watching.close()
      await another
      await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 30_000 })
      await expect(page.getByText(/variables .*gone/).first()).toBeVisible()
      expect(await mine.source(id)).toBe(source)
      await page.getByRole('button', { name: 'Start again' }).click()
      await expect(kernel(page)).toHaveText('ready', { timeout: 60_000 })
      await mine.renew()
      expect(await orphans(stack, [mine]), 'orphaned').toEqual([])
    },
)

rounds('the zygote killed: running kernels go on, the next open works', (round) => async ({ person, client, stack }) => {
  const name = `zygote dies ${round}`
  const mine = await client('Analyst')
  await mine.notebook(name, STATE)
  await mine.notebook(`opened after ${round}`, notebookOf("'fresh'"))
  const page = await person('Analyst')
  const frame = await openNotebook(page, name)
  await runAll(frame)
  const before = stack.zygote()
  process.kill(before, 'SIGKILL')
  await edit(page, frame, 2, "f'alive {token}'")
  await expect(output(frame, 2)).toContainText('alive')
  await until('another zygote', 90_000, () => stack.zygoteOrNull() !== null && stack.zygoteOrNull() !== before)
  await page.goBack()
  const after = await openNotebook(page, `opened after ${round}`)
  await runAll(after)
  await expect(output(after, 0)).toContainText('fresh')
  expect(await orphans(stack, [mine]), 'orphaned').toEqual([])
})

test('the kernel ends itself: said at once, with its cause, and the source is intact', async ({ person, client }) => {
  const mine = await client('Analyst')
  const { id } = await mine.notebook('exits', notebookOf("'before'", 'import os', '1'))
  const page = await person('Analyst')
  const frame = await openNotebook(page, 'exits')
  await runAll(frame)
  await type(page, frame, 2, 'os._exit(7)')
  await expect.poll(() => mine.source(id)).toContain('os._exit(7)')
  await page.keyboard.press('Control+Enter')
  await expect(kernel(page)).toHaveText(/stopped|failed/, { timeout: 10_000 })
  await expect(page.getByText('ended by itself with exit code 7').first()).toBeVisible()
  expect(await mine.source(id)).toContain('os._exit(7)')
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

for (const which of ['server', 'worker'] as const)
  rounds(
    `a marimo ${which} killed at any moment: said within two seconds, with its cause; the other person works on`,
    (round) =>
      async ({ client, stack }) => {
        const [mine, other] = [await client('Analyst'), await client('Colleague')]
        const source = notebookOf('0')
        const { id } = await mine.notebook(`${which} dies ${round}`, source)
        const [tab, beside] = [await mine.tab(), await other.tab()]
        const seen = tab.events()
        const { kernel: quiet } = await other.open(beside, (await other.notebook(`${which} lives ${round}`, source)).id)
        const { ids: quietIds } = await quiet.instantiate()
        const before = new Set(descendants(stack.pid('runner')).map(({ pid }) => pid))
        const { opened, kernel } = await mine.open(tab, id)
        const { ids } = await kernel.instantiate()
        await kernel.post('/api/kernel/run', {
          cellIds: ids,
          codes: ['import time\nwhile True:\n    print(1)\n    time.sleep(0.01)'],
        })
        const born = descendants(stack.pid('runner')).filter(({ pid }) => !before.has(pid))
        const victim = roles(stack.zygote(), new Set(born.map(({ pid }) => pid)))[which]
        await within(300)
        const started = performance.now()
        process.kill(victim, 'SIGKILL')
        const end = await until('the end is told', 10_000, () => endIn(seen, opened.kernel))
        expect(end.at - started).toBeLessThan(SAID)
        expect([end.cause, end.message]).toEqual(['crashed', expect.stringMatching(ENDED[which])])
        expect(await mine.source(id)).toBe(source)
        await quiet.run(quietIds, ["f'round {40 + 2}'"])
        expect(JSON.stringify(quiet.seen.map(({ data }) => data))).toContain('round 42')
        tab.close()
        beside.close()
        expect(await orphans(stack, [mine, other]), 'orphaned').toEqual([])
      },
  )
