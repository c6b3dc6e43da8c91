// What a live kernel costs: 40 people with the heavy notebook open, run and edit, by the fall of MemAvailable (holders and helpers
// included), and the CPU that they use while nobody does anything.  BENCH_KERNELS (40): node bench/memory.ts
import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Client, type Tab } from '../e2e/client.ts'
import { descendants, type Stack, startStack } from '../e2e/stack.ts'
import { heavyFolder } from './lib/heavy.ts'
import { available } from './lib/machine.ts'
import { against, table } from './lib/stats.ts'

const KERNELS = Number(process.env.BENCH_KERNELS ?? 40)
const SETTLE = 5000 // ms after the last run, before memory is read
const WATCH = 20_000 // ms in which idle CPU is counted
const TICK = 10 // ms of a clock tick in /proc/<pid>/stat

type Live = { readonly client: Client; readonly tab: Tab; readonly kernel: string }

async function open(stack: Stack, mode: 'auto' | 'run', number: number): Promise<Live> {
  const client = await new Client(stack.origin).signIn(`Bench ${String(number).padStart(4, '0')}`)
  const tab = await client.tab()
  const { id } = await client.find(`heavy ${number}`)
  const { opened, kernel } = await client.open(tab, id, mode)
  if (mode === 'auto') await kernel.runAll()
  else await kernel.until('the run has completed', ({ op }) => op === 'completed-run', 120_000)
  return { client, tab, kernel: opened.kernel }
}

function ticks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(fields[11]) + Number(fields[12])
  } catch {
    return 0
  }
}

/** Busiest kinds of process below the runner while idle: percent of a core, all of a kind together. */
async function idle(stack: Stack): Promise<Map<string, number>> {
  const before = new Map(descendants(stack.pid('runner')).map(({ pid }) => [pid, ticks(pid)]))
  await wait(WATCH)
  const kinds = new Map<string, number>()
  for (const { pid, command } of descendants(stack.pid('runner'))) {
    const used = ((ticks(pid) - (before.get(pid) ?? 0)) * TICK) / WATCH
    const kind = /scrydon-holder|bwrap/.exec(command)?.[0] ?? (command.includes('launcher/main.py') ? 'python' : 'other')
    kinds.set(kind, (kinds.get(kind) ?? 0) + used * 100)
  }
  return kinds
}

async function measure(mode: 'auto' | 'run'): Promise<string[]> {
  const examples = heavyFolder(KERNELS)
  const stack = await startStack({ env: { SCRYDON_EXAMPLES: examples, SCRYDON_BENCH_ACCOUNTS: String(KERNELS) } })
  try {
    await wait(SETTLE)
    const before = available()
    const live: Live[] = []
    for (let number = 1; number <= KERNELS; number += 1) live.push(await open(stack, mode, number))
    await wait(SETTLE)
    const each = (before - available()) / KERNELS
    const kinds = await idle(stack)
    const cpu = [...kinds.values()].reduce((sum, share) => sum + share, 0) / KERNELS
    for (const { tab } of live) tab.close()
    const processes = [...kinds].map(([kind, share]) => `${kind} ${(share / KERNELS).toFixed(3)}`).join(', ')
    return [
      mode === 'run' ? 'run' : 'edit',
      each.toFixed(1),
      against(each, mode === 'run' ? 60 : 80, 'at most'),
      `${cpu.toFixed(3)} %`,
      processes,
    ]
  } finally {
    await stack.stop()
    rmSync(examples, { recursive: true, force: true })
  }
}

console.log(`${KERNELS} live heavy kernels`)
const rows = [await measure('run'), await measure('auto')]
console.log(table(['mode', 'MB each', '', 'idle CPU each, of a core', 'of it'], rows))
