// A reader of the shipped report, which was shared with them: the press on it -> the first output on the screen, -> all of them, in a real
// Chromium, beside a bare `marimo run` that runs already and reads the same masked rows from Parquet. Then many readers within ten seconds.
//   BENCH_PASSES (3), BENCH_SAMPLES (6, a pass), BENCH_READERS (20): node bench/readers.ts
import { rmSync } from 'node:fs'
import { type Browser, chromium } from '@playwright/test'
import { Bare } from '../e2e/bare.ts'
import { Client } from '../e2e/client.ts'
import { startStack } from '../e2e/stack.ts'
import playwright from '../playwright.config.ts'
import { crowd } from './lib/crowd.ts'
import { load } from './lib/machine.ts'
import { bare, here, type Looks, type Moments, shows } from './lib/reading.ts'
import { seenBy, shared, twin } from './lib/report.ts'
import { notebookFrame } from './lib/screen.ts'
import { against, p50, p95, table } from './lib/stats.ts'

const PASSES = Number(process.env.BENCH_PASSES ?? 3)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 6)
const READERS = Number(process.env.BENCH_READERS ?? 20)
const NAME = 'shared report'
const PAUSE = 2500 // ms between two openings: a frame for the next one loads, and somebody reads meanwhile

type Sample = { readonly ever: Moments; readonly first: Moments; readonly later: Moments; readonly theirs: Moments }

/** The notebook's tab is closed and its kernel stopped: the next press starts another. */
async function leave({ page }: Looks, reader: Client): Promise<void> {
  await reader.renew()
  const live = await reader.living()
  if (live.length !== 1) throw new Error(`${live.length} kernels live for one opening`)
  await page.getByRole('tab', { name: NAME }).press('Delete')
  for (const { kernel } of live) await reader.call('POST /api/kernels/:kernel/stop', { params: { kernel } })
}

async function press(looks: Looks, reader: Client): Promise<Moments> {
  await looks.page.waitForTimeout(PAUSE)
  const moments = await here(looks, NAME)
  const [mine, theirs] = [await shows(await notebookFrame(looks.page, NAME)), await shows(looks.peer.mainFrame())]
  if (mine !== theirs) throw new Error(`the two do not show the same:\n${mine}\n---\n${theirs}`)
  await leave(looks, reader)
  return moments
}

async function sample(looks: Looks, reader: Client): Promise<Sample> {
  const theirs = await bare(looks)
  await looks.page.evaluate(() => localStorage.clear())
  await looks.page.goto(looks.shell)
  const ever = await press(looks, reader)
  await looks.page.goto(looks.shell)
  const first = await press(looks, reader)
  return { theirs, ever, first, later: await press(looks, reader) }
}

/** Answers the bytes of the notebook's own data. */
async function opening(): Promise<number> {
  const stack = await startStack()
  let [browser, server, folder]: [Browser | null, Bare | null, string | null] = [null, null, null]
  try {
    const reader = await new Client(stack.origin).signIn('Colleague')
    const seen = await seenBy(reader)
    await shared(await new Client(stack.origin).signIn('Analyst'), NAME, ['p_demo-colleague'])
    const made = twin(seen)
    folder = made.folder
    server = await Bare.start('run', made.file)
    browser = await chromium.launch(playwright.use?.launchOptions ?? {})
    const [page, peer] = [await (await browser.newContext()).newPage(), await (await browser.newContext()).newPage()]
    const looks: Looks = { page, shell: stack.origin, peer, bare: server.origin }
    await page.goto(stack.origin)
    await page.getByRole('button', { name: 'Continue as Colleague' }).click()
    await page.getByRole('region', { name: 'Shared with me' }).waitFor()
    await sample(looks, reader) // neither browser, servers nor zygote are cold after it
    for (let pass = 1; pass <= PASSES; pass += 1) {
      const samples: Sample[] = []
      while (samples.length < SAMPLES) samples.push(await sample(looks, reader))
      report(pass, samples)
    }
    return seen.bytes
  } finally {
    await browser?.close()
    await server?.stop()
    await stack.stop()
    if (folder !== null) rmSync(folder, { recursive: true, force: true })
  }
}

const ROWS = [
  ['first output', 'output', 3],
  ['all outputs', 'all', null],
] as const
const OPENINGS = [
  ['the second and later', 'later'],
  ['the first since the page was loaded', 'first'],
  ['the first ever in this browser', 'ever'],
] as const

function report(pass: number, samples: readonly Sample[]): void {
  const rows = OPENINGS.flatMap(([opening, key]) =>
    ROWS.map(([what, moment, bar]) => {
      const [mine, theirs] = [samples.map((each) => each[key][moment]), samples.map(({ theirs }) => theirs[moment])]
      const ratio = p50(mine) / p50(theirs)
      const shown = [mine, theirs].map((times) => `${p50(times).toFixed(0)} (${p95(times).toFixed(0)})`)
      return [`${what}, ${opening}`, ...shown, ratio.toFixed(2), bar === null ? '' : against(ratio, bar, 'at most')]
    }),
  )
  console.log(`pass ${pass}, ms from the press, p50 (p95); ${load()}`)
  console.log(`${table(['', 'here', 'marimo run', 'here / marimo run', ''], rows)}\n`)
}

await crowd(READERS, PASSES, await opening())
