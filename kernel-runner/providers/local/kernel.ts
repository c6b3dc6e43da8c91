// One kernel on this machine: its folder, uid and control group, the sandbox that holds it, the server forked into it; how
// it ended; and its removal, in the order that leaves nothing.
import fs from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { START, WATCH } from '../../bounds.ts'
import type { Log } from '../../log.ts'
import type { Death, KernelProcess, Order, ProviderEvent, Room, Sample } from '../provider.ts'
import type { Cgroup, Cgroups } from './cgroup.ts'
import type { Disk } from './disk.ts'
import { type Door, openDoor } from './door.ts'
import { exceptionIn, type Home, makeHome, NOTEBOOK, noteHolder, wipe } from './homes.ts'
import { type Pinned, pinSocket } from './pin.ts'
import { endProcess, processStart, treePids, treeUsage } from './processes.ts'
import { buildHolder, type Holder, type SandboxBase } from './sandbox.ts'
import { folderBytes, namelessBytes, writtenBytes } from './scratch.ts'
import type { UidPool } from './uids.ts'
import type { Exit, Started, Zygote } from './zygote.ts'

/** What all kernels of one machine share. */
export type Ground = {
  readonly root: string // SCRYDON_HOME
  readonly zygote: Zygote
  readonly sandboxes: SandboxBase | null
  readonly unisolated: string | null // without sandboxes: what is missing, in words
  readonly cgroups: Cgroups
  readonly disk: Disk
  readonly uids: UidPool | null // null: kernels have the runner's own uid
  readonly log: Log
}

const ZYGOTE_PAUSE = 100 // ms
const EXIT_SEEN = 400 // ms between the end of a server's socket and the zygote's word on how it ended
const OOM_RECENT = 5000 // ms: a process killed for memory this short before the end was the end
const BESIDE = 16 * 1024 * 1024 // the longest file leaves room for the notebook: an error in its cell, not the end of the kernel
const TMP_SHARE = 4 // /tmp and /dev/shm count as memory: each may take a quarter of it

export class LocalKernel implements KernelProcess {
  readonly #order: Order
  readonly #ground: Ground
  readonly #report: (event: ProviderEvent) => void
  readonly #made: Promise<void>
  #home: Home | null = null
  #uid: number | null = null
  #cgroup: Cgroup | null = null
  #holder: Holder | null = null
  #library: Door | null = null
  #server: { readonly pid: number; readonly start: string } | null = null
  #pinned: Pinned | null = null
  #exit: Exit | null = null
  #exitSeen = Promise.withResolvers<void>()
  #oom = { kills: 0, at: 0 }
  #scratch = { cpu: Number.NEGATIVE_INFINITY, bytes: 0, written: 0 }
  #ended: Promise<void> | null = null

  constructor(order: Order, ground: Ground, report: (event: ProviderEvent) => void) {
    this.#order = order
    this.#ground = ground
    this.#report = (event) => {
      if (!this.#ended) report(event)
    }
    this.#made = this.#make().catch((error: unknown) => this.#failed(error))
  }

  async sample(): Promise<Sample | null> {
    if (!this.#server || !this.#home || this.#exit) return null
    this.#countOom()
    const roots = [this.#server.pid, ...(this.#holder ? [this.#holder.pid] : [])]
    const counted = this.#cgroup?.usage()
    const { memory, cpu } = counted ?? treeUsage(roots)
    // Counted to less than a microsecond: who used no time wrote nothing.
    const slept = counted !== null && counted !== undefined && cpu === this.#scratch.cpu
    const disk = slept ? this.#ground.disk.judge(this.#order.spec.id, 0) : await this.#measure(this.#home.home, cpu, roots)
    return { memory, cpu, scratch: this.#scratch.bytes, disk }
  }

  async #measure(home: string, cpu: number, roots: readonly number[]): Promise<Room> {
    const pids = this.#cgroup?.pids() ?? treePids(roots)
    const [named, nameless, written] = await Promise.all([folderBytes(home), namelessBytes(pids, home), writtenBytes(pids)])
    const wrote = written - this.#scratch.written
    this.#scratch = { cpu, bytes: named + nameless, written }
    return this.#ground.disk.judge(this.#order.spec.id, wrote)
  }

  async inspect(told: boolean): Promise<Death | null> {
    if (!told) await Promise.race([this.#exitSeen.promise, wait(EXIT_SEEN, undefined, { ref: false })])
    this.#countOom()
    if (this.#oom.at > 0 && Date.now() - this.#oom.at < OOM_RECENT) return { type: 'memory' }
    if (this.#exit) return deathOf(this.#exit)
    const server = this.#server
    return server && processStart(server.pid) !== server.start && process.platform === 'linux' ? { type: 'unknown' } : null
  }

  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #make(): Promise<void> {
    const { spec, source } = this.#order
    const { uids, root, cgroups, sandboxes } = this.#ground
    if (uids) {
      this.#uid = uids.take()
      if (this.#uid === null) throw new StartError('No user id is free for another kernel on this machine.')
    }
    const { id, notebook, layout } = spec
    const files = { enclosed: sandboxes !== null, shown: spec.files === 'shown' }
    this.#home = makeHome({ root, id, notebook, source, layout, uid: this.#uid, ...files })
    this.#cgroup = cgroups.create(spec.id, spec.limits)
    await this.#enclose(this.#home)
    if (this.#ended) return
    this.#report({ type: 'step', step: 'python' })
    this.#settle(await this.#forkPatiently(this.#home), this.#home)
  }

  /** A zygote that died is back in a moment: a start waits for it. */
  async #forkPatiently(home: Home): Promise<Started> {
    const deadline = Date.now() + START.zygote
    for (;;) {
      const started = await this.#fork(home)
      if (started.type === 'started' || started.step !== 'zygote' || this.#ended || Date.now() > deadline) return started
      await wait(ZYGOTE_PAUSE)
      fs.rmSync(home.socket, { force: true })
    }
  }

  async #enclose(home: Home): Promise<void> {
    const { sandboxes } = this.#ground
    if (!sandboxes) return
    const { id, limits } = this.#order.spec
    this.#library = await openDoor(`${home.sockets}/control`, this.#order.library)
    const memory = Math.floor(limits.memory / TMP_SHARE)
    const uid = this.#uid ?? process.getuid?.() ?? 0
    this.#holder = await buildHolder(sandboxes, { ...home, id, uid, tmp: memory, shm: memory })
    noteHolder(home.folder, this.#holder.pid)
  }

  #fork(home: Home): Promise<Started> {
    const { id, mode, autorun, theme, limits } = this.#order.spec
    const inside = this.#holder ? '/home/me' : home.home
    return this.#ground.zygote.start({
      id,
      mode,
      autorun,
      theme,
      holder: this.#holder?.pid ?? null,
      uid: this.#uid,
      socket: home.socket,
      home: inside,
      notebook: `${inside}/${NOTEBOOK}`,
      cgroups: this.#cgroup?.procs ?? [],
      limits: {
        memory: limits.memory,
        processes: limits.processes,
        files: limits.files,
        scratch: Math.max(0, limits.scratch - BESIDE),
        output: limits.output,
        threads: Math.max(1, Math.ceil(limits.cpuShare)),
      },
      log: home.log,
      unisolated: this.#ground.unisolated,
    })
  }

  #settle(started: Started, home: Home): void {
    if (started.type === 'failed') throw new StartError(`The step “${started.step}” failed.`, started.step)
    this.#server = { pid: started.pid, start: processStart(started.pid) }
    void started.exited.then((exit) => this.#exited(exit))
    if (!this.#holder) noteHolder(home.folder, started.pid)
    this.#pinned = pinSocket(home.socket)
    this.#report({ type: 'listening', socket: this.#pinned.path })
  }

  /** The zygote's own death says nothing about a kernel: only its socket does, and no word is to be waited for any more. */
  #exited(exit: Exit): void {
    this.#exitSeen.resolve()
    if (exit.type === 'unknown') return
    this.#exit = exit
    const exception = this.#home && exceptionIn(this.#home.log)
    if (exception) this.#ground.log.warn({ kernel: this.#order.spec.id, step: 'python', exception }, 'kernel-start')
    this.#countOom()
    this.#report({ type: 'died', death: this.#oom.at > 0 ? { type: 'memory' } : deathOf(exit) })
  }

  #failed(error: unknown): void {
    this.#ground.log.warn({ kernel: this.#order.spec.id, err: error }, 'kernel-start')
    this.#report({ type: 'failed', why: error instanceof StartError ? error.message : null })
  }

  #countOom(): void {
    const kills = this.#cgroup?.oomKills() ?? 0
    if (kills > this.#oom.kills) this.#oom = { kills, at: Date.now() }
  }

  async #end(): Promise<void> {
    await this.#made
    this.#library?.close()
    this.#kill()
    const left = this.#holder?.exited ?? this.#left()
    const gone = await Promise.race([left.then(() => true), wait(WATCH.end, false, { ref: false })])
    this.#pinned?.close()
    this.#ground.disk.forget(this.#order.spec.id)
    const removed = (await this.#cgroup?.remove()) ?? true
    try {
      if (this.#home && gone) await wipe(this.#home.folder) // else the next start of the runner does
    } finally {
      const free = this.#uid === null || (this.#ground.uids?.giveBack(this.#uid) ?? true)
      if (!gone || !removed || !free) this.#ground.log.error({ kernel: this.#order.spec.id, gone, removed, free }, 'kernel-left')
    }
  }

  #kill(): void {
    this.#holder?.kill()
    const server = this.#server
    if (this.#holder || !server || processStart(server.pid) !== server.start) return
    for (const target of [-server.pid, server.pid]) endProcess(target)
  }

  /** Without a sandbox: resolves when the server is gone. */
  async #left(): Promise<void> {
    while (this.#server && processStart(this.#server.pid) === this.#server.start && process.platform === 'linux') await wait(20)
  }
}

class StartError extends Error {
  readonly code: string | undefined // for the log
  constructor(message: string, code?: string) {
    super(message)
    this.code = code
  }
}

function deathOf(exit: Exit): Death {
  if (exit.type === 'exit') return { type: 'exit', value: exit.code }
  return exit.type === 'signal' ? { type: 'signal', value: exit.signal } : { type: 'unknown' }
}
