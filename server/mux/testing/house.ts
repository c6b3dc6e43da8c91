// A gateway and the runner on fake kernels as a process of its own, for one test file; and a person's way to a kernel.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { clock } from '../../clock.ts'
import { runnerKernels } from '../../kernels/runner.ts'
import { makeLog } from '../../log.ts'
import type { LiveKernels } from '../../seams/kernels.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../../testing.ts'
import { type KernelTab, Tab } from './browser.ts'
import { type FakeRunner, startFakeRunner } from './runner.ts'

export const NOTEBOOK = `import marimo

app = marimo.App()


@app.cell
def _():
    x = 1
    return


if __name__ == "__main__":
    app.run()
`

export type SignedTab = Tab & { readonly tab: string; readonly resume: string }
export type LiveKernel = {
  readonly tab: SignedTab
  readonly kernel: string
  readonly notebook: string
  readonly channel: KernelTab
}
type Mode = 'auto' | 'run'

export class House {
  runner!: FakeRunner
  gateway!: TestGateway
  live!: LiveKernels
  owner!: Client
  #made = 0

  /** For all tests of a file. A person has eight kernels at most, and tests open more: each test ends its own. */
  static forTests(): House {
    const house = new House()
    beforeAll(() => house.#open())
    afterAll(() => house.#close())
    afterEach(() => house.#stopAll())
    return house
  }

  get origin(): string {
    return this.gateway.origin
  }

  newLive(): LiveKernels {
    return runnerKernels({ socket: this.runner.socket, clock, log: makeLog('silent') })
  }

  async restartRunner(): Promise<void> {
    this.runner = await startFakeRunner(this.runner.socket)
    await until(() => this.live.info() !== null, 'the new runner')
  }

  signIn(account: string): Promise<Client> {
    return signIn(this.gateway, account)
  }

  async signedTab(client: Client = this.owner, resume?: string): Promise<SignedTab> {
    const tab = new Tab(this.origin, { bearer: client.bearer, resume })
    const welcome = await tab.welcome()
    return Object.assign(tab, { tab: welcome.tab, resume: welcome.resume })
  }

  async opened(client: Client, tab: string, mode: Mode = 'auto'): Promise<{ kernel: string; notebook: string }> {
    const name = `Notebook ${++this.#made}`
    const { id } = (await client.call('POST /api/notebooks', { name, source: NOTEBOOK })).body as { id: string }
    return this.openAgain(client, tab, id, mode)
  }

  async openAgain(client: Client, tab: string, notebook: string, mode: Mode = 'auto') {
    const answer = await client.call(`POST /api/notebooks/${notebook}/open`, { mode, tab, theme: 'light' })
    expect(answer.status).toBe(200)
    return { kernel: (answer.body as { kernel: string }).kernel, notebook }
  }

  async liveKernel(client: Client = this.owner, mode: Mode = 'auto'): Promise<LiveKernel> {
    const tab = await this.signedTab(client)
    const { kernel, notebook } = await this.opened(client, tab.tab, mode)
    const channel = tab.kernel(kernel)
    await channel.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready')
    return { tab, kernel, notebook, channel }
  }

  async #open(): Promise<void> {
    const home = mkdtempSync(join(tmpdir(), 'scrydon-mux-'))
    mkdirSync(join(home, 'examples'))
    writeFileSync(join(home, 'examples', 'shared.py'), NOTEBOOK)
    this.runner = await startFakeRunner(join(home, 'run', 'runner.sock'))
    this.live = this.newLive()
    this.gateway = await testGateway({ home, live: this.live })
    this.owner = await this.signIn('demo-owner')
    await until(() => this.live.info() !== null, 'the runner')
  }

  async #close(): Promise<void> {
    await stopGateway(this.gateway)
    await this.runner.kill()
  }

  async #stopAll(): Promise<void> {
    for (const { spec } of this.live.list()) await this.live.stop(spec.id, 'stopped')
    await until(() => this.live.list().every(({ phase }) => phase.phase === 'exited'), 'the end of all kernels')
  }
}

export async function until(done: () => boolean, what: string): Promise<void> {
  const late = Date.now() + 10_000
  while (!done()) {
    if (Date.now() > late) throw new Error(`waited too long for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const refusalOf = (body: Buffer) => (JSON.parse(body.toString()) as { code: string }).code
