// kill -9 of the gateway, the runner and the zygote while something is under way: a start, a run, saves, an opening. What the
// killing may not touch goes on, no acknowledged save is lost, what was under way can be done again, and nothing is orphaned.
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, type Stack } from './fixtures.ts'
import { orphans } from './leftovers.ts'
import { ROUNDS, rounds, within } from './rounds.ts'
import { until } from './stack.ts'

const TARGETS = ['gateway', 'runner', 'zygote'] as const
const MOMENTS = ['a start', 'a run', 'saves', 'an opening'] as const
type Target = (typeof TARGETS)[number]
type Moment = (typeof MOMENTS)[number]

const TOKEN = notebookOf('import os\ntoken = os.urandom(8).hex()', 'f"token {token}"', '0')
const BUSY = 'import time\nfor step in range(30):\n    print(step, flush=True)\n    time.sleep(0.02)'

type Kept = { readonly id: string; readonly kernelId: string; readonly kernel: KernelStream; readonly token: string }

const idsOf = (kernel: KernelStream) => kernel.seen.find(({ op }) => op === 'kernel-ready')?.data.cell_ids as string[]

async function holding(who: Client, name: string, mode: 'auto' | 'run'): Promise<Kept> {
  const { id } = await who.notebook(name, TOKEN)
  const { opened, kernel } = await who.open(await who.tab(), id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  return { id, kernelId: opened.kernel, kernel, token: await tokenOf(kernel) }
}

/** What the second cell shows, now or in the replay for a client that comes back. */
async function tokenOf(kernel: KernelStream): Promise<string> {
  const shows = (text: string) => /token ([0-9a-f]{16})/.exec(text)?.[1]
  const { data } = await kernel.until(
    'the token',
    ({ op, data }) => op === 'cell-op' && shows(JSON.stringify(data)) !== undefined,
  )
  return shows(JSON.stringify(data)) ?? ''
}

/** Saves as fast as it goes, each source holding the numbers of all before it, until it is over or the channel ends. */
async function saveOn({ kept: { kernel }, acknowledged, over }: Scene): Promise<void> {
  const ids = idsOf(kernel)
  for (let number = 1; !over.aborted; number += 1) {
    const numbers = Array.from({ length: number }, (_, at) => `<${at + 1}>`).join(' ')
    const { status } = await kernel.post('/api/kernel/save', {
      cellIds: ids,
      codes: ['import os\ntoken = os.urandom(8).hex()', `f"token {token}" # ${numbers}`, '0'],
      names: ids.map(() => '_'),
      configs: ids.map(() => ({ hide_code: false, disabled: false, column: null })),
      filename: 'notebook.py',
      layout: null,
      persist: true,
    })
    if (status === 200) acknowledged.push(number)
  }
}

type Scene = {
  readonly mine: Client
  readonly kept: Kept
  readonly fresh: readonly string[]
  readonly acknowledged: number[]
  readonly over: AbortSignal
}

const UNDER_WAY: Record<Moment, (scene: Scene) => Promise<unknown>> = {
  'a start': async ({ mine, fresh }) => {
    const tab = await mine.tab()
    return Promise.allSettled(fresh.map((id) => mine.open(tab, id)))
  },
  'a run': ({ kept }) => kept.kernel.run(idsOf(kept.kernel).slice(2), [BUSY]),
  saves: saveOn,
  'an opening': async ({ mine, kept }) => mine.open(await mine.tab(), kept.id),
}

/** The moment is drawn: within how many milliseconds from its beginning. */
const LASTS: Record<Moment, number> = { 'a start': 500, 'a run': 600, saves: 1500, 'an opening': 60 }

async function kill(stack: Stack, target: Target): Promise<void> {
  if (target !== 'zygote') return stack.kill(target)
  const before = stack.zygote()
  process.kill(before, 'SIGKILL')
  await until('another zygote', 90_000, () => stack.zygoteOrNull() !== null && stack.zygoteOrNull() !== before)
}

/** The same kernel, with the same variables, for its editor and for its reader. */
async function goesOn(who: Client, kept: Kept, mode: 'auto' | 'run'): Promise<void> {
  const again = await until('it opens', 60_000, async () => who.open(await who.tab(), kept.id, mode).catch(() => null))
  expect(again.opened.kernel).toBe(kept.kernelId)
  expect(await tokenOf(again.kernel)).toBe(kept.token)
}

async function startsAnew(who: Client, id: string): Promise<void> {
  const { kernel } = await until('a kernel starts', 60_000, async () => who.open(await who.tab(), id).catch(() => null))
  await kernel.runAll()
  expect(await tokenOf(kernel)).toMatch(/^[0-9a-f]{16}$/)
}

function numbersIn(source: string): number[] {
  return [...source.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number))
}

async function one(stack: Stack, people: [Client, Client], target: Target, moment: Moment, name: string): Promise<void> {
  const [mine, reader] = people
  const kept = await holding(mine, `${name} kept`, 'auto')
  const read = await holding(reader, `${name} read`, 'run')
  const fresh = await Promise.all([1, 2, 3].map(async (n) => (await mine.notebook(`${name} fresh ${n}`, TOKEN)).id))
  const over = new AbortController()
  const scene: Scene = { mine, kept, fresh, acknowledged: [], over: over.signal }
  const underWay = UNDER_WAY[moment](scene).catch(() => undefined) // it may end as it likes, but end
  if (moment === 'saves') await until('a save is acknowledged', 20_000, () => scene.acknowledged.length > 0)
  await within(LASTS[moment])
  await kill(stack, target)
  over.abort()
  await underWay
  for (const person of people) await person.renew()

  const stored = numbersIn(await mine.source(kept.id))
  expect(scene.acknowledged.filter((number) => !stored.includes(number))).toEqual([])
  if (target === 'runner') await startsAnew(mine, kept.id)
  else {
    await goesOn(mine, kept, 'auto')
    await goesOn(reader, read, 'run')
  }
  await startsAnew(mine, fresh[0] ?? '')
  expect(await orphans(stack, people), 'orphaned').toEqual([])
}

for (const [at, target] of TARGETS.entries()) {
  // Once each, or one moment a round, each in its turn.
  const momentsOf = (round: number) => (ROUNDS === 1 ? MOMENTS : MOMENTS.slice((round + at) % 4).slice(0, 1))
  for (const [index, named] of momentsOf(1).entries())
    rounds(
      `the ${target} killed while ${ROUNDS === 1 ? named : 'something'} is under way`,
      (round) =>
        async ({ client, stack }) => {
          const moment = momentsOf(round)[index] ?? named
          const people: [Client, Client] = [await client('Analyst'), await client('Colleague')]
          await one(stack, people, target, moment, `${target} ${moment} ${round}`)
        },
    )
}
