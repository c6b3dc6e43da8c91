// A million rows, of ten numbers each, scored by the workspace's model through `inference.predict`; against the same file in onnxruntime in
// the kernel's own process, which no policy sees. What waits for its turn (300 batches at once, then 5 a second) is counted with it.
//   BENCH_PASSES (3, each another person): node bench/predict.ts
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, type Role } from '../e2e/client.ts'
import { ROOT, startStack } from '../e2e/stack.ts'
import { table } from './lib/stats.ts'

const PEOPLE: readonly Role[] = ['Owner', 'Analyst', 'Colleague']
const PASSES = Number(process.env.BENCH_PASSES ?? PEOPLE.length)
const TOOK = /TOOK:([\d.]+):([\d.]+):(\w+):/
const LONG = 600_000 // ms

const examples = mkdtempSync(join(tmpdir(), 'bench-predict-'))
const model = readFileSync(join(ROOT, 'examples/models/flight_delay.onnx'))
const source = readFileSync(join(ROOT, 'bench/predict.py'), 'utf8').replace('MODEL', model.toString('base64'))
writeFileSync(join(examples, 'predict.py'), source)
const stack = await startStack({ env: { SCRYDON_EXAMPLES: examples } })
try {
  const rows: string[][] = []
  for (const person of PEOPLE.slice(0, PASSES)) rows.push(await pass(person))
  console.log(table(['a million rows, s', 'in the kernel', 'predict', 'ratio'], rows))
} finally {
  await stack.stop()
  rmSync(examples, { recursive: true, force: true })
}

async function pass(person: Role): Promise<string[]> {
  const client = await new Client(stack.origin).signIn(person)
  const tab = await client.tab()
  const { id } = await client.notebook(`predict ${person}`, source)
  const { opened, kernel } = await client.open(tab, id)
  const running = kernel.runAll().catch(() => {}) // it waits a minute for the end, which is not long enough
  const { data } = await kernel.until('both', ({ data }) => TOOK.test(JSON.stringify(data)), LONG)
  await running
  const [, here = '', there = '', same] = TOOK.exec(JSON.stringify(data)) ?? []
  if (same !== 'True') throw new Error('The two do not say the same.')
  await client.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
  tab.close()
  return [person, here, there, (Number(there) / Number(here)).toFixed(0)]
}
