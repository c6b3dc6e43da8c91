// Kernels on this machine: forked from the zygote, in the strongest sandbox that was proven when the provider opened.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Log } from '../../log.ts'
import type { KernelProcess, KernelProvider, Order, ProviderEvent, ProviderInfo } from '../provider.ts'
import { type Cgroups, openCgroups } from './cgroup.ts'
import { Disk } from './disk.ts'
import { socketsFolder, wipeLeftovers } from './homes.ts'
import { type Ground, LocalKernel } from './kernel.ts'
import { endBegun, replaceGroups } from './leftovers.ts'
import { findBubblewrap, type Isolation, probe } from './probe.ts'
import { prepareSandboxes, type SandboxBase } from './sandbox.ts'
import { UidPool } from './uids.ts'
import { Zygote, type ZygoteReady } from './zygote.ts'

const SANDBOXES = 'sandbox'
const CHANGED_EVERY = 1000 // ms
const ASK = 20_000 // ms for one question to Python

export type LocalOptions = {
  readonly root: string // SCRYDON_HOME
  readonly python: string // the environment's interpreter
  readonly launcher: string // python/launcher
  readonly learned: string | null // modules to preload, found by learn.py
  readonly changed: string // a file that is touched when other packages were installed
  readonly log: Log
}

export class LocalProvider implements KernelProvider {
  readonly #options: LocalOptions
  #ground: Ground | null = null
  #looking: NodeJS.Timeout | undefined

  constructor(options: LocalOptions) {
    this.#options = options
  }

  async open(): Promise<ProviderInfo> {
    const { root, log } = this.#options
    const run = path.join(root, 'run')
    fs.mkdirSync(run, { recursive: true, mode: 0o700 })
    endBegun(path.join(run, SANDBOXES))
    const left = await wipeLeftovers(root)
    if (left.wiped + left.kept > 0) log.warn(left, 'leftovers')
    const zygote = this.#zygote(run)
    const since = this.#changedAt()
    const ready = await zygote.open()
    const sandboxes = this.#sandboxes(run)
    const uids = sandboxes && !sandboxes.rootless ? new UidPool() : null
    const isolation = await this.#prove(run, zygote, sandboxes, uids)
    const enclosed = isolation.level >= 2
    const cgroups = openCgroups(randomBytes(4).toString('hex')) // a killed runner's groups may bear its number
    replaceGroups(run, cgroups.roots)
    this.#watch(zygote, since)
    this.#ground = {
      root,
      zygote,
      sandboxes: enclosed ? sandboxes : null,
      unisolated: enclosed ? null : isolation.why.join(' '),
      cgroups,
      disk: new Disk(() => freeOf(root)),
      uids: enclosed ? uids : null,
      log,
    }
    return infoOf(ready, isolation, cgroups)
  }

  start(order: Order, report: (event: ProviderEvent) => void): KernelProcess {
    if (!this.#ground) throw new Error('the provider is not open')
    return new LocalKernel(order, this.#ground, report)
  }

  dataSocket(kernel: string): string | null {
    return this.#ground?.sandboxes ? path.join(socketsFolder(this.#options.root, kernel), 'data') : null
  }

  packages(): ProviderInfo['packages'] {
    return this.#ground?.zygote.ready?.packages ?? []
  }

  /** Bytes until this service, its kernels included, meets a limit that was set from outside: a container's. */
  memoryLeft(): number {
    return this.#ground?.cgroups.memoryLeft() ?? Number.POSITIVE_INFINITY
  }

  async close(): Promise<void> {
    clearInterval(this.#looking)
    this.#ground?.zygote.close()
    await this.#ground?.cgroups.remove()
  }

  /** `npm run packages` ends with touching the file: kernels that start from then on have what it installed. */
  #watch(zygote: Zygote, since: number): void {
    let seen = since
    const look = () => {
      const now = this.#changedAt()
      if (now === seen) return
      seen = now
      zygote.open().then(
        ({ packages }) => this.#options.log.info({ packages: packages.length }, 'packages'),
        (error: unknown) => this.#options.log.error({ err: error }, 'packages'),
      )
    }
    this.#looking = setInterval(look, CHANGED_EVERY).unref()
  }

  #state(): readonly string[] {
    const { root } = this.#options
    return [
      root,
      ...['state.db', 'tables', 'tables/tables.duckdb', 'tables/spill', 'run/data.sock'].map((name) => path.join(root, name)),
    ]
  }

  #changedAt(): number {
    return fs.statSync(this.#options.changed, { throwIfNoEntry: false })?.mtimeMs ?? 0
  }

  #zygote(folder: string): Zygote {
    const { python, launcher, learned, log } = this.#options
    const note = (line: string) => log.warn({ line }, 'zygote')
    return new Zygote({ python, main: path.join(launcher, 'main.py'), learned, folder, note })
  }

  #sandboxes(run: string): SandboxBase | null {
    const bwrap = process.platform === 'linux' ? findBubblewrap() : null
    if (bwrap === null) return null
    const { python, launcher } = this.#options
    const ask = (...args: string[]) =>
      execFileSync(python, ['-I', ...args], { stdio: ['ignore', 'pipe', 'ignore'], timeout: ASK })
    const program = ask(path.join(launcher, 'main.py'), '--print-seccomp')
    const prefixes = ask('-c', 'import sys; print(sys.prefix, sys.base_prefix, sep="\\n")').toString().trim().split('\n')
    const folder = path.join(run, SANDBOXES)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return prepareSandboxes(folder, bwrap, program, [...new Set(prefixes)])
  }

  async #prove(run: string, zygote: Zygote, base: SandboxBase | null, uids: UidPool | null): Promise<Isolation> {
    const folder = path.join(run, 'probe')
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const pair = [uids?.take() ?? 0, uids?.take() ?? 0] as const
    const isolation = await probe({ base, zygote, folder, state: this.#state(), uids: pair })
    for (const uid of pair) uids?.giveBack(uid)
    return isolation
  }
}

function freeOf(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(folder)
  return bavail * bsize
}

function infoOf(ready: ZygoteReady, isolation: Isolation, cgroups: Cgroups): ProviderInfo {
  const why = cgroups.why === null ? isolation.why : [...isolation.why, `Limits are weaker here: ${cgroups.why}.`]
  return { level: isolation.level, why, packages: ready.packages, marimo: ready.marimo, python: ready.python }
}
