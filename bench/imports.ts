// What `from scrydon import tables` costs the first cell of a kernel, where marimo is loaded: processor's time, beside `import pandas`
// there. Each in a process of its own, in turn; all compiled before.
//   BENCH_SAMPLES (20): node bench/imports.ts
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { inTurn, p50, table } from './lib/stats.ts'

const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 20)
const PYTHON = join(import.meta.dirname, '../.venv/bin/python')

/** Milliseconds of processor's time for `statement`, in a new process. */
function cost(statement: string): number {
  const code = `import time, marimo\nbegan = time.process_time()\n${statement}\nprint(time.process_time() - began)`
  return 1000 * Number(execFileSync(PYTHON, ['-c', code], { cwd: join(import.meta.dirname, '../python'), encoding: 'utf8' }))
}

const times = await inTurn(SAMPLES, {
  'from scrydon import tables': () => cost('from scrydon import tables'),
  'import pandas': () => cost('import pandas'),
})
const rows = Object.entries(times).map(([name, some]) => [name, p50(some).toFixed(1), Math.max(...some).toFixed(1)])
console.log(`${SAMPLES} samples\n`)
console.log(table(['', 'p50, ms', 'most, ms'], rows))
console.log(`scrydon / pandas: ${(p50(times['from scrydon import tables']) / p50(times['import pandas'])).toFixed(3)}`)
