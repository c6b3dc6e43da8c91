// What a governed read costs: decided, masked, filtered and streamed by the data plane, against the same SQL in the kernel's own
// process, in turn. Then a sum next to the data against shipping the rows, and a decision among many policies.
//   BENCH_ROWS (10,000,000), BENCH_SAMPLES (5): node bench/reads.ts
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { clock } from '../server/clock.ts'
import { dataPlane } from '../server/data/plane.ts'
import { PlaneProcess } from '../server/data/testing/plane.ts'
import { makeLog } from '../server/log.ts'
import { Dialect } from '../server/policy/dialect.ts'
import type { DataPlane, Statement } from '../server/seams/dataPlane.ts'
import { catalogue, nameOf, reading, summing } from './lib/catalogue.ts'
import { against, inTurn, p50, p99, table } from './lib/stats.ts'

const ROWS = Number(process.env.BENCH_ROWS ?? 10_000_000)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 5)
const DECISIONS = 4000
const KERNEL = 'k_bench'
const PYTHON = join(import.meta.dirname, '../.venv/bin/python')
const SCRIPT = join(import.meta.dirname, 'reads.py')
const duckdb = new Dialect('duckdb')
const most = { life: 5, seconds: 120, rows: null, size: 8 * 2 ** 30, policy: 0, rights: 1, about: [] } as const

/** The process that stands for a kernel: what it is told, and the seconds it took, plan and answer included. */
class Kernel {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(folder: string) {
    const child = spawn(PYTHON, [SCRIPT, 'serve', folder], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  async ready(): Promise<void> {
    await this.#lines.next()
  }

  async ask(request: object): Promise<number> {
    const began = performance.now()
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the kernel ended')
    if (JSON.parse(value).rows === 0) throw new Error('nothing was read')
    return (performance.now() - began) / 1000
  }

  async end(): Promise<void> {
    this.#child.stdin?.end()
    await once(this.#child, 'exit')
  }
}

let plans = 0
async function governed(plane: DataPlane, kernel: Kernel, how: string, made: Promise<Statement>): Promise<number> {
  const began = performance.now()
  plans += 1
  const plan = `q_${plans}`
  if ((await plane.plan({ ...most, id: plan, kernel: KERNEL, ...(await made) })) !== 'taken') throw new Error('no plan')
  await kernel.ask({ do: how, plan })
  return (performance.now() - began) / 1000
}

/** p99 of a decision and its SQL, in ms, for catalogues of such sizes, in turn; what runs before it is compiled is left out. */
async function deciding(sizes: readonly number[]): Promise<number[]> {
  const sides = await Promise.all(sizes.map(async (size) => ({ size, made: await catalogue(size), times: [] as number[] })))
  for (let one = 0; one < DECISIONS; one += 1)
    for (const { size, made, times } of sides) {
      const began = performance.now()
      await reading(made.ruling, nameOf(one % size), duckdb)
      times.push(performance.now() - began)
    }
  for (const { made } of sides) await made.close()
  return sides.map(({ times }) => p99(times.slice(DECISIONS / 4)))
}

const peak = (pid: number) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const process_ = new PlaneProcess()
const door = process_.doorOf(KERNEL)
const folder = dirname(door)
spawnSync(PYTHON, [SCRIPT, 'make', join(process_.folder, 'tables/tables.duckdb'), folder, String(ROWS)], { stdio: 'inherit' })
await process_.start()
const plane = dataPlane({ socket: process_.socket, clock, log: makeLog('silent') })
await new Promise<void>((ready) => plane.begin(async () => 0, { ready, lost: () => {}, done: () => {} }))
await plane.open(KERNEL, door, 1)
const kernel = new Kernel(folder)
await kernel.ready()
const { ruling, close } = await catalogue(1)
try {
  const all = () => reading(ruling, 'readings', duckdb)
  const two = () => reading(ruling, 'readings', duckdb, ['land', 'amount'])
  const own = await all()
  const times = await inTurn(SAMPLES, {
    'governed, to Arrow': () => governed(plane, kernel, 'governed', all()),
    'the same SQL in the kernel': () => kernel.ask({ do: 'own', ...own }),
    'governed, to pandas': () => governed(plane, kernel, 'governed, pandas', all()),
    'pandas.read_parquet': () => kernel.ask({ do: 'parquet' }),
    'a sum next to the data': () => governed(plane, kernel, 'governed', summing(ruling, 'readings', duckdb)),
    'the same, rows shipped': () => governed(plane, kernel, 'governed, grouped here', two()),
  })
  const of = (name: keyof typeof times) => p50(times[name])
  const ratio = (one: keyof typeof times, other: keyof typeof times, bar: number) =>
    `${one} / ${other}: ${(of(one) / of(other)).toFixed(2)}, ${against(of(one) / of(other), bar, 'at most')}`
  const seconds = Object.entries(times).map(([name, some]) => [name, p50(some).toFixed(2), Math.max(...some).toFixed(2)])
  console.log(`${ROWS.toLocaleString('en')} rows of 8 columns, 2 masked, one row in five left out; ${SAMPLES} samples\n`)
  console.log(table(['', 'p50, s', 'most, s'], seconds))
  console.log(ratio('governed, to Arrow', 'the same SQL in the kernel', 1.2))
  console.log(ratio('governed, to pandas', 'pandas.read_parquet', 2))
  const sum = of('a sum next to the data') / of('the same, rows shipped')
  console.log(`a sum next to the data / the same, rows shipped: ${sum.toFixed(2)}`)
  console.log(`the data plane's memory: ${peak(process_.pid).toFixed(0)} MB, ${against(peak(process_.pid), 400, 'at most')}\n`)
  const [few = Number.NaN, many = Number.NaN] = await deciding([10, 1000])
  console.log(`a decision and its SQL, p99: ${few.toFixed(2)} ms among 10 policies, ${many.toFixed(2)} ms among 1,000`)
  console.log(`among 1,000 / among 10: ${(many / few).toFixed(2)}, ${against(many / few, 3, 'at most')}`)
  const share = many / ((of('governed, to Arrow') * 1000 * 1_000_000) / ROWS)
  console.log(`of a read of a million rows: ${(share * 100).toFixed(1)} %, ${against(share, 0.05, 'at most')}`)
} finally {
  await kernel.end()
  plane.close()
  await close()
  await process_.end()
}
