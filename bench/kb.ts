// Searches of a full library of which a person may see one passage in twenty, against the same searches by somebody who sees all.
// Interleaved, sample by sample; words as common as in a language, where few stand nearly everywhere.
//   BENCH_PASSES (3), BENCH_SAMPLES (40, a pass): node bench/kb.ts
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOCUMENTS } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { openStore } from '../server/store/sqlite.ts'
import { against, p50, p95, table } from './lib/stats.ts'

const PASSES = Number(process.env.BENCH_PASSES ?? 3)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 40)
const LIMIT = 10
const WORDS = 5000 // different ones
const SECRET: Label = { level: 'secret', markings: ['PII'] }

/** The same at each run: a generator of its own, with few common words and many rare ones. */
let state = 7
function random(): number {
  state = (state * 48_271) % 2_147_483_647
  return state / 2_147_483_647
}
const word = () => `w${Math.floor(WORDS * random() ** 4).toString(36)}`
const words = (count: number) => Array.from({ length: count }, word).join(' ')

const home = mkdtempSync(join(tmpdir(), 'bench-kb-'))
const store = openStore(home)
try {
  await fill()
  console.log(
    `${DOCUMENTS.passages.toLocaleString('en')} passages, 5 % visible; ms of a search for three words, limit ${LIMIT}\n`,
  )
  for (let pass = 1; pass <= PASSES; pass += 1) report(pass, await measure())
} finally {
  await store.close()
  rmSync(home, { recursive: true, force: true })
}

async function fill(): Promise<void> {
  const each = DOCUMENTS.passages / DOCUMENTS.all
  for (let n = 0; n < DOCUMENTS.all; n += 1) {
    const about = { id: `d_${String(n).padStart(8, '0')}`, title: words(4), source: 'x.txt', by: 'p_00000001', at: 1, bytes: 1 }
    const passages = Array.from({ length: each }, () => words(140))
    await store.knowledge.add({ ...about, label: n % 20 === 0 ? LOWEST : SECRET }, passages)
  }
}

type Times = { readonly few: number[]; readonly all: number[] }

async function measure(): Promise<Times> {
  const times: Times = { few: [], all: [] }
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const asked = words(3)
    times.few.push(await timed(asked, LOWEST))
    times.all.push(await timed(asked, SECRET))
  }
  return times
}

async function timed(asked: string, clearance: Label): Promise<number> {
  const began = performance.now()
  const found = await store.knowledge.search(asked, clearance, LIMIT)
  const took = performance.now() - began
  if (found.length < LIMIT) throw new Error(`${found.length} of ${LIMIT} passages for “${asked}”`)
  return took
}

function report(pass: number, { few, all }: Times): void {
  const row = (name: string, samples: readonly number[]) => [name, p50(samples).toFixed(1), p95(samples).toFixed(1)]
  console.log(table([`pass ${pass}`, 'p50', 'p95'], [row('one in twenty', few), row('all', all)]))
  const ratio = p95(few) / p95(all)
  console.log(`p95, one in twenty to all: ${ratio.toFixed(2)} (${against(ratio, 3, 'at most')})\n`)
}
