// What `from scrydon import tables` costs the first cell of a kernel, where marimo is loaded: processor's time, beside `import pandas`
// there. Each in a process of its own, in turn; all compiled before.
//   BENCH_SAMPLES (20): node bench/imports.ts
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { p50, table } from './lib/stats.ts'

const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 20)
const PYTHON = join(import.meta.dirname, '../.venv/bin/python')
const STATEMENTS = ['from scrydon import tables', 'import pandas'] as const

/** Milliseconds of processor's time for `statement`, in a new process. */
function cost(statement: string): number {
  const code = `import time, marimo\nbegan = time.process_time()\n${statement}\nprint(time.process_time() - began)`
  return 1000 * Number(execFileSync(PYTHON, ['-c', code], { cwd: join(import.meta.dirname, '../python'), encoding: 'utf8' }))
}

const times = STATEMENTS.map((): number[] => [])
for (let sample = 0; sample <= SAMPLES; sample += 1)
  for (const [index, statement] of STATEMENTS.entries()) {
    const ms = cost(statement)
    if (sample > 0) times[index]?.push(ms) // the first compiles and fills caches
  }
const rows = times.map((some, index) => [STATEMENTS[index] ?? '', p50(some).toFixed(1), Math.max(...some).toFixed(1)])
const [ours = Number.NaN, pandas = Number.NaN] = times.map(p50)
console.log(`${SAMPLES} samples\n`)
console.log(table(['', 'p50, ms', 'most, ms'], rows))
console.log(`scrydon / pandas: ${(ours / pandas).toFixed(3)}`)
