// Whatever people open, read, upload and remove, at once or one after the other: no kernel has files in sight that count above its person, and
// each counts as at least those it has. What a file holds is written in it: the label of what its uploader's kernel had read.
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import { makeEvents } from '../bus.ts'
import { clock } from '../clock.ts'
import { recheckHoldings, writtenSearch } from '../data/holding.ts'
import { makeRuling } from '../data/rule.ts'
import { Refused } from '../errors.ts'
import { demoIdentity } from '../identity/demo.ts'
import { makeLog } from '../log.ts'
import { isCleared } from '../notebooks/beside.ts'
import type { Desk } from '../notebooks/desk.ts'
import { makeDocument } from '../notebooks/document.ts'
import { put, remove } from '../notebooks/files.ts'
import { keepLeases } from '../notebooks/leases.ts'
import { make } from '../notebooks/library.ts'
import { check, NEW_NOTEBOOK } from '../notebooks/source.ts'
import type { Principal } from '../seams/identity.ts'
import { makeSerial } from '../serial.ts'
import { openStore } from '../store/sqlite.ts'
import { makeBeside } from './beside.ts'
import { makeEnd } from './ending.ts'
import { open } from './open.ts'
import { memoryKernels } from './testing/memory.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const PEOPLE = ['p_demo-owner', 'p_demo-analyst', 'p_demo-colleague'] as const
const identity = demoIdentity(0)
const now = () => 1000

const who = fc.constantFrom(...PEOPLE)
const label = fc.constantFrom(LOWEST, INTERNAL, PERSONAL)
const name = fc.constantFrom('a', 'b')
const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('open' as const), who, as: fc.option(label, { freq: 3 }), fresh: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('read' as const), who, label }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('put' as const), who, name }) },
  fc.record({ act: fc.constant('remove' as const), who, name }),
)
const cleared = fc.record({ act: fc.constant('clear' as const), who, label })
/** Clearances change while nothing else happens: then kernels are judged. */
const round = fc.oneof(
  { weight: 5, arbitrary: fc.array(act, { minLength: 1, maxLength: 4 }) },
  cleared.map((one) => [one]),
)
type Act = typeof round extends fc.Arbitrary<readonly (infer One)[]> ? One : never

class World {
  readonly #home = mkdtempSync(path(tmpdir(), 'beside-'))
  readonly #store = openStore(this.#home)
  readonly #kernels = memoryKernels(now)
  readonly #desk: Desk = {
    store: this.#store,
    identity,
    events: makeEvents(),
    leases: keepLeases(now, () => {}),
    serial: makeSerial(),
    now,
    log: makeLog('silent'),
    free: () => Number.POSITIVE_INFINITY,
    uploads: path(this.#home, 'uploads'),
  }
  readonly #beside = makeBeside({ kernels: this.#kernels, desk: this.#desk, clock, tell: async () => {} })
  #id = ''

  async begin(): Promise<void> {
    for (const person of PEOPLE) await this.#clear(person, person === 'p_demo-colleague' ? INTERNAL : PERSONAL)
    const shares = [{ with: 'workspace', right: 'edit', expires: null }] as const
    const first = { checked: check(NEW_NOTEBOOK), label: LOWEST, layout: null }
    this.#id = (await make(this.#desk, this.#by('p_demo-owner'), { ...first, name: 'beside', shares }))?.id ?? ''
  }

  async end(): Promise<void> {
    await this.#store.close()
    rmSync(this.#home, { recursive: true })
  }

  #by = (person: string): Principal => identity.find(person) ?? expect.fail('nobody')
  #living = () => this.#kernels.list().filter(({ phase }) => phase.phase !== 'exited')

  async do(one: Act): Promise<void> {
    switch (one.act) {
      case 'open':
        return this.#open(one.who, one.as, one.fresh)
      case 'read':
        return this.#read(one.who, one.label)
      case 'put':
        return this.#put(one.who, one.name)
      case 'remove':
        return remove(this.#desk, this.#by(one.who), this.#id, one.name)
      case 'clear':
        return this.#clear(one.who, one.label)
    }
  }

  async #open(person: string, as: Label | null, fresh: boolean): Promise<void> {
    const opening = {
      desk: this.#desk,
      document: makeDocument(this.#desk),
      kernels: this.#kernels,
      signIn: { since: async () => true },
    }
    const preview = as === null ? {} : { preview: { clearance: as, groups: [] } }
    await open(opening, this.#by(person), this.#id, { mode: 'auto', tab: 't_00000001', theme: 'light', fresh, ...preview })
  }

  async #read(person: string, label: Label): Promise<void> {
    for (const { spec } of this.#living().filter(({ spec }) => spec.person === person))
      if (await isCleared(this.#desk, spec, label)) await this.#store.governance.raise(spec.id, label, writtenSearch(label))
  }

  async #put(person: string, name: string): Promise<void> {
    const holds = (await this.#beside.read(person, this.#id)) ?? LOWEST
    const bytes = Readable.from([Buffer.from(JSON.stringify(holds))])
    await put(this.#desk, this.#beside, this.#by(person), this.#id, { name, declared: 0, bytes })
  }

  async #clear(person: string, clearance: Label): Promise<void> {
    await this.#store.governance.setSubject(
      person,
      { clearance, groups: [], attributes: {} },
      { by: person, at: 1, reason: 'a test' },
    )
    const ruling = makeRuling({ store: this.#store, identity, key: new Uint8Array(32), now })
    const end = makeEnd(this.#kernels, this.#desk.events, clock, 'withdrawn')
    await recheckHoldings(this.#kernels, ruling, end, this.#desk.log)
  }

  /** How many kernels have files in sight. */
  async look(): Promise<number> {
    const folder = path(this.#desk.uploads, this.#id)
    const names = await readdir(folder).catch(() => [])
    const held = await Promise.all(names.map(async (name) => JSON.parse(await readFile(path(folder, name), 'utf8')) as Label))
    const seeing = this.#living().filter(({ spec }) => spec.files === 'shown')
    for (const { spec } of seeing) {
      const counts = await this.#store.governance.label(spec.id)
      for (const label of held) expect([await isCleared(this.#desk, spec, label), dominates(counts, label)]).toEqual([true, true])
    }
    return held.length === 0 ? 0 : seeing.length
  }
}

const unlessRefused = (error: unknown) => {
  if (!(error instanceof Refused)) throw error
}

test('no kernel has files in sight above its person, and each counts as those it has', async () => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 4, maxLength: 25 }), async (rounds) => {
      const world = new World()
      try {
        await world.begin()
        for (const acts of rounds) {
          await Promise.all(acts.map((one) => world.do(one).catch(unlessRefused)))
          seen += await world.look()
        }
      } finally {
        await world.end()
      }
    }),
    { numRuns: 25 },
  )
  expect(seen).toBeGreaterThan(50) // it was about something
}, 120_000)
