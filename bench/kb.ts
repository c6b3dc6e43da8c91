// Searches of a full library of which a person may see one passage in twenty, against the same searches by somebody who sees all.
// Interleaved, sample by sample; words as common as in a language, where few stand nearly everywhere. By words, and by words and
// meaning, with vectors of chance: every one is compared, whatever it holds. No endpoint is asked.
//   BENCH_PASSES (3), BENCH_SAMPLES (40, a pass), BENCH_DIMENSIONS (384): node bench/kb.ts
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DOCUMENTS, EMBEDDING } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { openStore } from '../server/store/sqlite.ts'
import { against, p50, p95, table } from './lib/stats.ts'

const PASSES = Number(process.env.BENCH_PASSES ?? 3)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 40)
const DIMENSIONS = Number(process.env.BENCH_DIMENSIONS ?? 384)
const LIMIT = 10
const MODEL = 'chance'
const WORDS = 5000 // different ones
const WAYS = ['words', 'both'] as const
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
  await prepare()
  const what = `${DOCUMENTS.passages.toLocaleString('en')} passages, 5 % visible, ${DIMENSIONS} dimensions`
  console.log(`${what}; ms of a search for three words, limit ${LIMIT}\n`)
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

/** And how long each step holds up the process that does it in the background. */
async function prepare(): Promise<void> {
  const { vectors } = store.knowledge
  const took: number[] = []
  for (;;) {
    const began = performance.now()
    const batch = await vectors.next(SECRET, EMBEDDING.batch)
    if (batch === null) return console.log(`looking for more when there is none: ${(performance.now() - began).toFixed(1)} ms`)
    const made = batch.texts.map(vector)
    const put = performance.now()
    await vectors.put(MODEL, batch, made)
    took.push(performance.now() - put)
    if (took.length % 1000 === 0)
      console.log(`${took.length} batches kept; ms each: p50 ${p50(took).toFixed(1)}, p95 ${p95(took).toFixed(1)}`)
  }
}

function vector(): Float32Array {
  const numbers = Array.from({ length: DIMENSIONS }, () => random() - 0.5)
  const length = Math.hypot(...numbers)
  return Float32Array.from(numbers, (number) => number / length)
}

type Way = (typeof WAYS)[number]
type Times = Readonly<Record<Way, { readonly few: number[]; readonly all: number[] }>>

async function measure(): Promise<Times> {
  const times: Times = { words: { few: [], all: [] }, both: { few: [], all: [] } }
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const asked = words(3)
    for (const way of WAYS) {
      times[way].few.push(await timed(way, asked, LOWEST))
      times[way].all.push(await timed(way, asked, SECRET))
    }
  }
  return times
}

async function timed(way: Way, asked: string, clearance: Label): Promise<number> {
  const meant = { model: MODEL, vector: vector() }
  const began = performance.now()
  const { knowledge } = store
  const found =
    way === 'words'
      ? await knowledge.search(asked, clearance, LIMIT)
      : (await knowledge.hybrid(asked, meant, clearance, LIMIT)).found
  const took = performance.now() - began
  if (found.length < LIMIT) throw new Error(`${found.length} of ${LIMIT} passages for “${asked}”`)
  return took
}

function report(pass: number, times: Times): void {
  const row = (name: string, samples: readonly number[]) => [name, p50(samples).toFixed(1), p95(samples).toFixed(1)]
  const rows = WAYS.flatMap((way) => [row(`${way}, one in twenty`, times[way].few), row(`${way}, all`, times[way].all)])
  console.log(table([`pass ${pass}`, 'p50', 'p95'], rows))
  for (const way of WAYS) {
    const ratio = p95(times[way].few) / p95(times[way].all)
    console.log(`${way}, p95, one in twenty to all: ${ratio.toFixed(2)} (${against(ratio, 3, 'at most')})`)
  }
  console.log()
}
