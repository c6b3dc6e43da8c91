// Kernels that write: the real store, policies and data plane, and what a kernel's library would send.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WriteMode } from '#protocol/library/writes.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import type { KernelState } from '#protocol/runner.ts'
import { clock } from '../../clock.ts'
import { demoIdentity } from '../../identity/demo.ts'
import { readyKernel } from '../../kernels/testing/kernel.ts'
import { makeLog } from '../../log.ts'
import type { DataPlane } from '../../seams/dataPlane.ts'
import type { Store } from '../../seams/store.ts'
import { openStore } from '../../store/sqlite.ts'
import { workspaceKey } from '../key.ts'
import { type Library, makeLibrary } from '../library.ts'
import { dataPlane } from '../plane.ts'
import { plantTables } from '../plant.ts'
import { Reads } from '../reads.ts'
import { makeRuling } from '../rule.ts'
import { makeTables } from '../tables.ts'
import { makeWrites, Writes } from '../writes.ts'
import { makeWriting } from '../writing.ts'
import { nobody } from './nobody.ts'
import { PlaneProcess, usedDialect } from './plane.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')
export const OWNER = 'p_demo-owner'
const log = makeLog('silent')

// biome-ignore lint/suspicious/noExplicitAny: an answer as the kernel gets it
export type Said = any
export type Frame = Readonly<Record<string, { readonly type: ColumnType | null; readonly values: readonly unknown[] }>>
export type Order = { readonly table: string; readonly mode: WriteMode; readonly frame: Frame; readonly write?: string }

const MAKE = `import sys, json, pyarrow as pa
kinds = {"text": pa.string(), "integer": pa.int64(), "real": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(), "timestamp": pa.timestamp("us")}
table = pa.table({name: pa.array(values, kinds[kind]) for name, kind, values in json.load(sys.stdin)})
with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
    writer.write_table(table)`

export function framed(body: Buffer): Buffer {
  const one = (kind: string, part: Buffer) => {
    const head = Buffer.alloc(9)
    head.write(kind, 0, 'latin1')
    head.writeBigUInt64LE(BigInt(part.length), 1)
    return Buffer.concat([head, part])
  }
  return Buffer.concat([one('D', body), one('E', Buffer.from(JSON.stringify({ bytes: body.length })))])
}

const made = new Map<string, Buffer>()

/** What the library would send, made before a plan is asked for: one does not live long. */
export function handed(frame: Frame): Buffer {
  const input = JSON.stringify(Object.entries(frame).map(([name, { type, values }]) => [name, type ?? 'text', values]))
  const body = made.get(input) ?? framed(execFileSync(PYTHON, ['-c', MAKE], { input }))
  made.set(input, body)
  return body
}

/** One gateway after the other over the same state and the same data plane. */
export class WritingHouse {
  readonly #home = mkdtempSync(join(tmpdir(), 'writes-'))
  readonly served = new PlaneProcess()
  store!: Store
  plane!: DataPlane
  #library!: Library
  #writes = 0

  async start(): Promise<void> {
    await this.served.start()
    this.store = openStore(this.#home)
    await this.gateway()
  }

  /** A new gateway: nothing of the former one's memory. */
  async gateway(): Promise<void> {
    this.plane?.close()
    this.plane = dataPlane({ socket: this.served.socket, clock, log })
    const ruling = makeRuling({ store: this.store, identity: demoIdentity(0), key: workspaceKey(this.#home), now: Date.now })
    const reads = new Reads(ruling, this.plane)
    const writes = new Writes(ruling, makeWriting(this.store, Date.now), this.plane, clock, log)
    const hear = {
      done: () => {},
      takenIn: writes.takenIn.bind(writes),
      wrote: writes.wrote.bind(writes),
    }
    await new Promise<void>((done) => {
      const ready = () => {
        writes.met()
        done()
      }
      this.plane.begin(ruling.epoch, { ...hear, ready })
    })
    await plantTables(this.store, this.plane, OWNER, Date.now(), log)
    this.#library = makeLibrary({ ...nobody, ...makeTables(ruling, reads, this.plane), ...makeWrites(writes) }, ruling, log)
  }

  async end(): Promise<void> {
    this.plane.close()
    await this.store.close()
    await this.served.end()
    rmSync(this.#home, { recursive: true, force: true })
  }

  kernelOf(person: string, mode: 'edit' | 'run' = 'edit'): KernelState {
    const id = `k_test-${person}` as const
    return readyKernel({ id, person: `p_demo-${person}`, mode }, this.served.doorOf(id))
  }

  async ask(person: string, call: string, body: unknown, mode?: 'edit' | 'run'): Promise<Said> {
    return JSON.parse(await this.#library(this.kernelOf(person, mode), JSON.stringify({ call, body })))
  }

  read(person: string, table: string, columns: readonly string[] | null = null): Promise<Said> {
    return this.ask(person, 'tables.read', { table, columns, where: null, limit: null })
  }

  /** All that a door answers to these bytes. */
  door(person: string, plan: string, body: Buffer = Buffer.alloc(0)): Promise<string> {
    return new Promise((done) => {
      const socket = connect(this.served.doorOf(`k_test-${person}`), () => {
        socket.write(Buffer.concat([Buffer.from(`${plan}\n`), body]))
      })
      let said = ''
      socket.on('data', (part) => {
        said = (said + part.toString('latin1')).slice(-200)
      })
      socket.on('error', () => socket.destroy())
      socket.on('close', () => done(/\{[^{]*\}$/.exec(said)?.[0] ?? ''))
    })
  }

  hand(person: string, ok: Said, frame: Frame): Promise<string> {
    return this.door(person, ok.plan, handed(frame))
  }

  /** As the library asks. */
  order({ table, mode, frame, write }: Order): Said {
    this.#writes += 1
    handed(frame)
    const asked = { write: write ?? `w_${String(this.#writes).padStart(20, '0')}`, table, mode }
    const columns = Object.entries(frame).map(([name, { type }]) => ({ name, type }))
    return { asked, ask: { ...asked, columns } }
  }

  /** From the first question to what came of it. */
  async write(person: string, order: Order): Promise<Said> {
    const { asked, ask } = this.order(order)
    const planned = await this.ask(person, 'tables.write', ask)
    if (planned.error) return planned
    await this.hand(person, planned.ok, order.frame)
    return this.ask(person, 'tables.written', asked)
  }

  /** What is in a table, by nobody's rules. */
  async rows(table: string, columns = '*'): Promise<readonly (readonly unknown[])[]> {
    const asked = await this.plane.ask({ sql: `SELECT ${columns} FROM "${table}"`, parameters: [] }, 10)
    if (asked.type !== 'rows') throw new Error('the data plane does not answer')
    return [...asked.rows].sort()
  }

  /** A rule of the table itself: no two rows are alike in this column. */
  async unique(table: string, column: string): Promise<void> {
    const sql = `CREATE UNIQUE INDEX IF NOT EXISTS alike ON ${table} (${column})`
    if (usedDialect() === 'postgres') this.served.own(sql)
    else await this.plane.ask({ sql, parameters: [] }, 10)
  }

  async rule(table: string, policy: Policy): Promise<void> {
    const edit = { by: OWNER, at: Date.now(), reason: 'a test' }
    const edited = await this.store.governance.setPolicy(table, policy, edit)
    if (!edited.ok) throw new Error('the policy does not stand')
    this.plane.policy(await this.store.governance.epoch())
  }

  /** The newest rows of the record, the newest last. */
  async record(count: number) {
    return (await this.store.audit.list({ limit: count })).map(({ entry }) => entry).reverse()
  }
}
