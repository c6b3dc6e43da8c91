// Click -> editor usable, in one Chromium, the second and later notebooks: here against bare `marimo edit` of a folder whose server
// runs already. And what the first and the second opening fetch.  BENCH_PASSES (3), BENCH_SAMPLES (20): node bench/frames.ts
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Frame, type Page, type Request } from '@playwright/test'
import { Client } from '../e2e/client.ts'
import { portPair, ROOT, startStack, until } from '../e2e/stack.ts'
import playwright from '../playwright.config.ts'
import { HEAVY } from './lib/heavy.ts'
import { notebookFrame, pressed, until as seen } from './lib/screen.ts'
import { against, p50, p95, table } from './lib/stats.ts'

const PASSES = Number(process.env.BENCH_PASSES ?? 3)
const SAMPLES = Number(process.env.BENCH_SAMPLES ?? 20)
const KB = 1000
const EDITOR = '.marimo-cell .cm-content[contenteditable="true"]'

/** Bytes on the wire of everything the page and its frames fetched since. */
function meter(page: Page): () => Promise<number> {
  const requests: Request[] = []
  page.context().on('requestfinished', (request) => requests.push(request))
  return async () => {
    const sizes = await Promise.all(requests.splice(0).map((request) => request.sizes().catch(() => null)))
    return sizes.reduce((sum, size) => sum + (size?.responseBodySize ?? 0) + (size?.responseHeadersSize ?? 0), 0)
  }
}

const usable = (frame: Frame) =>
  seen(frame, (editor) => (document.querySelector(editor)?.getBoundingClientRect().height ?? 0) > 0, EDITOR)

async function here(page: Page, name: string): Promise<number> {
  const link = page.getByRole('link', { name, exact: true })
  await link.waitFor()
  const began = await pressed(link)
  await usable(await notebookFrame(page, name))
  return performance.now() - began
}

async function bare(page: Page, origin: string, file: string): Promise<number> {
  const began = performance.now()
  await page.goto(`${origin}/?file=${encodeURIComponent(file)}`, { waitUntil: 'commit' })
  await usable(page.mainFrame())
  return performance.now() - began
}

async function bareServer(folder: string): Promise<{ origin: string; stop(): void }> {
  const port = await portPair()
  const args = ['-m', 'marimo', '-q', 'edit', folder, '--headless', '--no-token', '--skip-update-check', '-p', String(port)]
  const server = spawn(join(ROOT, '.venv/bin/python'), args, { stdio: 'ignore', env: { ...process.env, HOME: folder } })
  const origin = `http://127.0.0.1:${port}`
  await until('bare marimo answers', 60_000, () =>
    fetch(`${origin}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return { origin, stop: () => server.kill('SIGKILL') }
}

const folder = mkdtempSync(join(tmpdir(), 'frames-'))
const stack = await startStack()
let browser: Browser | null = null
const peer = await bareServer(folder)
try {
  const client = await new Client(stack.origin).signIn('Analyst')
  browser = await chromium.launch(playwright.use?.launchOptions ?? {})
  const [context, other] = [await browser.newContext(), await browser.newContext()]
  const page = await context.newPage()
  const peerPage = await other.newPage()
  const fetched = meter(page)
  await page.goto(stack.origin)
  await page.getByRole('button', { name: 'Continue as Analyst' }).click()
  await page.getByRole('grid', { name: 'Notebooks' }).waitFor()

  let number = 0
  const open = async () => {
    number += 1
    const name = `frame ${number}`
    const { id } = await client.notebook(name, HEAVY)
    writeFileSync(join(folder, `frame_${number}.py`), HEAVY)
    const mine = await here(page, name)
    await page.waitForTimeout(2500) // the next warm frame loads: a person reads or types meanwhile
    const bytes = await fetched()
    const theirs = await bare(peerPage, peer.origin, join(folder, `frame_${number}.py`))
    await peerPage.goto('about:blank')
    await page.goBack()
    await client.renew()
    const kernel = (await client.living()).find(({ notebook }) => notebook === id)
    if (kernel) await client.call('POST /api/kernels/:kernel/stop', { params: { kernel: kernel.kernel } })
    return { mine, theirs, bytes }
  }
  const first = await open()
  const second = await open()
  console.log(
    `fetched by the first opening (the shell and its first frames included) ${(first.bytes / KB).toFixed(0)} KB, ${against(first.bytes / KB, 3500, 'at most')}`,
  )
  console.log(`fetched by the second ${(second.bytes / KB).toFixed(0)} KB, ${against(second.bytes / KB, 200, 'at most')}\n`)
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const samples = []
    for (let sample = 0; sample < SAMPLES; sample += 1) samples.push(await open())
    const [mine, theirs] = [samples.map((each) => each.mine), samples.map((each) => each.theirs)]
    const rows = [['here', mine] as const, ['marimo edit', theirs] as const].map(([name, times]) => [
      name,
      p50(times).toFixed(0),
      p95(times).toFixed(0),
    ])
    console.log(`pass ${pass}, ms from the click to an editor that can be typed in\n${table(['', 'p50', 'p95'], rows)}`)
    console.log(
      `here / marimo edit: ${(p50(mine) / p50(theirs)).toFixed(3)}, ${against(p50(mine) / p50(theirs), 1 / 3, 'at most')}\n`,
    )
  }
} finally {
  await browser?.close()
  peer.stop()
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
}
