// Kernels that save: the real store, policies and data plane, and what a kernel's library would send.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ArtefactContent } from '#protocol/library/artefacts.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../../clock.ts'
import { workspaceKey } from '../../data/key.ts'
import { type Library, makeLibrary } from '../../data/library.ts'
import { dataPlane } from '../../data/plane.ts'
import { plantTables } from '../../data/plant.ts'
import { Reads } from '../../data/reads.ts'
import { makeRuling } from '../../data/rule.ts'
import type { Ruling } from '../../data/ruling.ts'
import { makeTables } from '../../data/tables.ts'
import { nobody } from '../../data/testing/nobody.ts'
import { PlaneProcess } from '../../data/testing/plane.ts'
import { framed, OWNER } from '../../data/testing/writing.ts'
import { demoIdentity } from '../../identity/demo.ts'
import { readyKernel } from '../../kernels/testing/kernel.ts'
import { makeLog } from '../../log.ts'
import type { DataPlane } from '../../seams/dataPlane.ts'
import type { Store } from '../../seams/store.ts'
import { openStore } from '../../store/sqlite.ts'
import { makeArtefacts } from '../asked.ts'
import { Files } from '../files.ts'
import { Saves } from '../saves.ts'

const log = makeLog('silent')

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
export type Said = any
export type Order = { readonly name: string; readonly content: ArtefactContent; readonly body: Buffer }

/** One gateway after the other over the same state and the same data plane. */
export class SavingHouse {
  readonly #home = mkdtempSync(join(tmpdir(), 'saves-'))
  readonly served = new PlaneProcess()
  readonly files = new Files(this.#home)
  store!: Store
  plane!: DataPlane
  ruling!: Ruling
  saves!: Saves
  free = Number.POSITIVE_INFINITY
  #library!: Library
  #made = 0

  async start(): Promise<void> {
    await this.served.start()
    symlinkSync(this.served.artefacts, join(this.#home, 'artefacts'))
    this.store = openStore(this.#home)
    await this.gateway()
  }

  /** A new gateway: nothing of the former one's memory. */
  async gateway(): Promise<void> {
    this.plane?.close()
    const { store } = this
    this.plane = dataPlane({ socket: this.served.socket, clock, log })
    this.ruling = makeRuling({ store, identity: demoIdentity(0), key: workspaceKey(this.#home), now: Date.now })
    const { ruling, plane, files } = this
    const reads = new Reads(ruling, plane)
    const saves = new Saves({ ruling, artefacts: store.artefacts, files, plane, clock, log, free: () => this.free })
    this.saves = saves
    const hear = { lost: () => {}, done: () => {}, takenIn: saves.takenIn.bind(saves), kept: saves.kept.bind(saves) }
    await new Promise<void>((done) => {
      const ready = () => {
        saves.met()
        done()
      }
      plane.begin(ruling.epoch, { ...hear, ready })
    })
    await plantTables(store, plane, OWNER, Date.now(), log)
    const tables = makeTables(ruling, reads, plane)
    this.#library = makeLibrary({ ...nobody, ...tables, ...makeArtefacts(ruling, store.artefacts, saves) }, ruling, log)
  }

  async end(): Promise<void> {
    this.plane.close()
    await this.store.close()
    await this.served.end()
    rmSync(this.#home, { recursive: true, force: true })
  }

  kernelOf(person: string, mode: 'edit' | 'run' = 'edit', kernel = person): KernelState {
    const id = `k_test-${kernel}` as const
    return readyKernel({ id, person: `p_demo-${person}`, mode }, this.served.doorOf(id))
  }

  async ask(person: string, call: string, body: unknown, kernel = this.kernelOf(person)): Promise<Said> {
    return JSON.parse(await this.#library(kernel, JSON.stringify({ call, body })))
  }

  read(person: string, table: string, columns: readonly string[] | null = null, kernel = this.kernelOf(person)): Promise<Said> {
    return this.ask(person, 'tables.read', { table, columns, where: null, limit: null }, kernel)
  }

  /** All that a kernel's door answers to what is handed over. */
  hand(kernel: KernelState, plan: string, body: Buffer): Promise<string> {
    return new Promise((done) => {
      const socket = connect(kernel.data ?? '', () => socket.write(Buffer.concat([Buffer.from(`${plan}\n`), framed(body)])))
      let said = ''
      socket.on('data', (part) => {
        said = (said + part.toString('latin1')).slice(-200)
      })
      socket.on('error', () => socket.destroy())
      socket.on('close', () => done(/\{[^{]*\}$/.exec(said)?.[0] ?? ''))
    })
  }

  /** As the library asks. */
  asked(name: string): { readonly save: string; readonly name: string } {
    this.#made += 1
    return { save: `s_${String(this.#made).padStart(20, '0')}`, name }
  }

  /** From the first question to what came of it. */
  async save(person: string, { name, content, body }: Order, kernel = this.kernelOf(person)): Promise<Said> {
    const asked = this.asked(name)
    const planned = await this.ask(person, 'artefacts.save', { ...asked, content }, kernel)
    if (planned.error) return planned
    await this.hand(kernel, planned.ok.plan, body)
    return this.ask(person, 'artefacts.saved', asked, kernel)
  }

  kept(): readonly string[] {
    return readdirSync(this.served.artefacts).sort()
  }

  bytesOf(id: string): Buffer {
    return readFileSync(join(this.served.artefacts, id))
  }

  /** The newest rows of the record, the newest last. */
  async record(count: number) {
    return (await this.store.audit.list({ limit: count })).map(({ entry }) => entry).reverse()
  }
}
