// Many readers of the report: everyone's first output, by the protocol (browsers would be measured, not the product), and the memory that
// each of them costs, by the fall of MemAvailable and by the processes that there are for them.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Client, type KernelStream, type Tab } from '../../e2e/client.ts'
import { descendants, type Stack, startStack } from '../../e2e/stack.ts'
import { firstOutput } from './heavy.ts'
import { available, load } from './machine.ts'
import { shared } from './report.ts'
import { against, p50, table } from './stats.ts'

const WITHIN = 10_000 // ms in which all of them press, one after the other
const SETTLE = 5000 // ms after the last run, before memory is read
const SHOWN = '4 countries' // what the report says to who works on four
const STANDING = {
  clearance: { level: 'internal' as const, markings: [] },
  groups: [],
  attributes: { countries: ['AT', 'CH', 'DE', 'LI'] },
}

type Reader = { readonly client: Client; readonly tab: Tab }
type Told = { readonly kernel: string; readonly first: number; readonly all: number }

const account = (number: number) => String(number).padStart(4, '0')

/** Signed in and on their lists; the owner has said what they may see, as of any member. */
async function arrive(stack: Stack, owner: Client, number: number): Promise<Reader> {
  const client = await new Client(stack.origin).signIn(`Bench ${account(number)}`)
  const params = { person: `p_bench-${account(number)}` }
  await owner.call('PUT /api/people/:person', { params, body: { standing: STANDING, onto: 0, reason: 'measured as a reader' } })
  return { client, tab: await client.tab() }
}

async function press({ client, tab }: Reader, id: string): Promise<Told> {
  const began = performance.now()
  const { opened, kernel } = await client.open(tab, id)
  const first = await kernel.until('the first output', firstOutput(), 120_000)
  const all = await kernel.until('all cells are done', ({ op }) => op === 'completed-run', 120_000)
  check(kernel)
  return { kernel: opened.kernel, first: first.at - began, all: all.at - began }
}

function check({ seen }: KernelStream): void {
  const said = JSON.stringify(seen)
  if (!said.includes(SHOWN) || /marimo\+error/.test(said))
    throw new Error(`a reader did not see the report: ${said.slice(-2000)}`)
}

async function pressAll(readers: readonly Reader[], id: string, within: number): Promise<Told[]> {
  const each = within / readers.length
  return Promise.all(readers.map((reader, index) => wait(index * each).then(() => press(reader, id))))
}

async function leave(readers: readonly Reader[], told: readonly Told[]): Promise<void> {
  const stop = ({ client }: Reader, kernel: string) => client.call('POST /api/kernels/:kernel/stop', { params: { kernel } })
  await Promise.all(readers.map((reader, index) => stop(reader, told[index]?.kernel ?? '')))
  await wait(SETTLE)
}

/** Pss in MB of what there is below the runner, by kind; not of the zygote, which is there without readers. */
function processes(stack: Stack): Map<string, number> {
  const kinds = new Map<string, number>()
  const zygote = stack.zygote()
  for (const { pid, command } of descendants(stack.pid('runner'))) {
    if (pid === zygote) continue
    const kind = /scrydon-holder|bwrap/.exec(command)?.[0] ?? (command.includes('launcher/main.py') ? 'python' : 'other')
    kinds.set(kind, (kinds.get(kind) ?? 0) + pssOf(pid))
  }
  return kinds
}

function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0 // ended meanwhile
  }
}

type Round = { readonly spread: readonly Told[]; readonly atOnce: readonly Told[]; readonly took: readonly number[] }

/** MB that came or went with all of them, for each: other programs of the machine disturb one figure, not the middle of several. */
async function round(readers: readonly Reader[], id: string): Promise<Round> {
  const empty = available()
  const spread = await pressAll(readers, id, WITHIN)
  await wait(SETTLE)
  const full = available()
  await leave(readers, spread)
  const left = available()
  const atOnce = await pressAll(readers, id, 0)
  await leave(readers, atOnce)
  return { spread, atOnce, took: [empty - full, left - full].map((all) => all / readers.length) }
}

/** `bytes`: the notebook's own data, in each kernel. */
export async function crowd(count: number, passes: number, bytes: number): Promise<void> {
  const stack = await startStack({ env: { SCRYDON_BENCH_ACCOUNTS: String(count) } })
  try {
    const [owner, author] = [await new Client(stack.origin).signIn('Owner'), await new Client(stack.origin).signIn('Analyst')]
    const numbers = Array.from({ length: count }, (_, index) => index + 1)
    const people = numbers.map((number) => `p_bench-${account(number)}`)
    const id = await shared(author, 'shared report', people)
    const readers: Reader[] = []
    for (const number of numbers) readers.push(await arrive(stack, owner, number))
    await leave(readers, await pressAll(readers, id, 0)) // the first kernels after the zygote's start, the first reads of the data plane
    const rounds: Round[] = []
    while (rounds.length < passes) {
      for (const { client } of readers) await client.renew()
      rounds.push(await round(readers, id))
    }
    reportTimes(rounds, count)
    const told = await pressAll(readers, id, 0)
    reportMemory(rounds, bytes / 1024 ** 2, processes(stack), count)
    await leave(readers, told)
    for (const { tab } of readers) tab.close()
  } finally {
    await stack.stop()
  }
}

const SIDES = [
  [`within ${WITHIN / 1000} s`, 'spread'],
  ['at one moment', 'atOnce'],
] as const

function reportTimes(rounds: readonly Round[], count: number): void {
  const shown = (times: readonly number[]) => `${p50(times).toFixed(0)} (${Math.max(...times).toFixed(0)})`
  const rows = SIDES.map(([when, side]) => {
    const told = rounds.flatMap((each) => each[side])
    return [`${count} readers press ${when}`, shown(told.map(({ first }) => first)), shown(told.map(({ all }) => all))]
  })
  console.log(`ms from each one's press, p50 (slowest), ${rounds.length} rounds; ${load()}`)
  console.log(`${table(['', 'first output', 'all cells done'], rows)}\n`)
}

function reportMemory(rounds: readonly Round[], data: number, kinds: ReadonlyMap<string, number>, count: number): void {
  const took = rounds.flatMap((each) => each.took)
  const readings = took.map((each) => each.toFixed(1)).join(', ')
  const shares = [...kinds].map(([kind, pss]) => `${kind} ${(pss / count).toFixed(1)}`)
  console.log(`MB that a reader takes, by MemAvailable, p50: ${p50(took).toFixed(1)} (of ${readings}),`)
  console.log(`${against(p50(took) - data, 60, 'at most')} above the notebook's own data, ${(data * 1024).toFixed(1)} KB`)
  console.log(`Pss of the processes of each: ${shares.join(', ')}\n`)
}
