// Open -> first output in the kernel's stream, the heavy notebook in run mode, fully sandboxed; against a cold `marimo run` and a
// Jupyter server with ipykernel, each from the start of its process to its first result. Interleaved, sample by sample.
//   BENCH_PASSES (3), BENCH_SAMPLES (20, a pass): node bench/start.ts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Bare } from '../e2e/bare.ts'
import { Client, type Tab } from '../e2e/client.ts'
import { startStack } from '../e2e/stack.ts'
import { firstOutput, HEAVY, HEAVY_CODE, heavyFolder } from './lib/heavy.ts'
import { jupyterStart, prepareJupyter } from './lib/jupyter.ts'
import { against, p50, p95, table } from './lib/stats.ts'

const PASSES = Number(process.env.BENCH_PASSES ?? 3)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 20)

prepareJupyter()
const examples = heavyFolder(1)
const stack = await startStack({ env: { SCRYDON_EXAMPLES: examples } })
const file = join(mkdtempSync(join(tmpdir(), 'bare-heavy-')), 'heavy.py')
writeFileSync(file, HEAVY)

try {
  const level = (await stack.health())?.isolation?.level
  const client = await new Client(stack.origin).signIn('Analyst')
  let tab = await client.tab()
  const { id } = await client.find('heavy 1')
  await ours(client, tab, id) // the first kernel after the zygote's start reads what the disk has not cached
  console.log(
    `isolation level ${level}; ${PASSES} passes of ${SAMPLES}, ms from opening (or process start) to the first output\n`,
  )
  for (let pass = 1; pass <= PASSES; pass += 1) {
    tab.close() // its bearer ends after five minutes; a pass takes less
    await client.renew()
    tab = await client.tab()
    const times: Record<'here' | 'marimo run, cold' | 'Jupyter, cold', number[]> = {
      here: [],
      'marimo run, cold': [],
      'Jupyter, cold': [],
    }
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      await client.renew()
      times.here.push(await ours(client, tab, id))
      times['marimo run, cold'].push(await bare())
      times['Jupyter, cold'].push(await jupyterStart(HEAVY_CODE))
    }
    report(pass, times)
  }
  tab.close()
} finally {
  await stack.stop()
  rmSync(examples, { recursive: true, force: true })
}

async function ours(client: Client, tab: Tab, id: string): Promise<number> {
  const began = performance.now()
  const { opened, kernel } = await client.open(tab, id, 'run')
  const seen = await kernel.until('the first output', firstOutput(), 60_000)
  kernel.channel.close()
  await client.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
  return seen.at - began
}

async function bare(): Promise<number> {
  const server = await Bare.start('run', file)
  try {
    const seen = (await server.run('run')).find(firstOutput())
    if (seen === undefined) throw new Error('bare marimo showed nothing')
    return seen.at - server.started
  } finally {
    await server.stop()
  }
}

function report(pass: number, times: Record<string, number[]>): void {
  const here = p50(times.here ?? [])
  const rows = Object.entries(times).map(([name, samples]) => [
    name,
    p50(samples).toFixed(0),
    p95(samples).toFixed(0),
    `${(p50(samples) / here).toFixed(1)} ×`,
  ])
  console.log(`pass ${pass}\n${table(['', 'p50', 'p95', 'against here'], rows)}`)
  console.log(
    `of marimo run: ${(here / p50(times['marimo run, cold'] ?? [])).toFixed(3)}, ${against(here / p50(times['marimo run, cold'] ?? []), 1 / 8, 'at most')}`,
  )
  console.log(
    `of Jupyter: ${(here / p50(times['Jupyter, cold'] ?? [])).toFixed(3)}, ${against(here / p50(times['Jupyter, cold'] ?? []), 1 / 2, 'at most')}\n`,
  )
}
