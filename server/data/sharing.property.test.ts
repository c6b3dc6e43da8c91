// Whatever people read, make, write, save, release and classify, in any order: without a grant to declassify nobody sees what was made of
// something above their clearance. The store, the rules and the shell's acts are the real ones; no rows are needed for it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dominates, join, type Label, LEVELS } from '#protocol/policy/label.ts'
import type { Audience, Policy, Table } from '#protocol/policy/policy.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { Files } from '../artefacts/files.ts'
import { mayOpen } from '../artefacts/rule.ts'
import { makeShelf, type Shelf } from '../artefacts/shelf.ts'
import { Refused } from '../errors.ts'
import { demoIdentity } from '../identity/demo.ts'
import { makeDeploying } from '../inference/deploying.ts'
import { specOf } from '../kernels/testing/kernel.ts'
import { makeLog } from '../log.ts'
import { understand } from '../policy/question.ts'
import type { Principal } from '../seams/identity.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { type Edits, makeEdits } from './edits.ts'
import { inputsOf } from './inputs.ts'
import { makeRequests } from './requests.ts'
import { makeRuling } from './rule.ts'
import type { Ruling } from './ruling.ts'
import { look } from './sight.ts'
import { judge } from './writeVerdict.ts'
import { makeWriting } from './writing.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const CLEARANCES: Readonly<Record<string, Label>> = {
  'p_demo-owner': PERSONAL,
  'p_demo-analyst': PERSONAL,
  'p_bench-0001': { level: 'secret', markings: [] },
  'p_demo-colleague': INTERNAL,
}
const PEOPLE = Object.keys(CLEARANCES)
const identity = demoIdentity(1)
const edit = { by: 'p_demo-owner', at: 1, reason: 'a test' }
const source: Table = {
  name: 'source',
  owner: 'p_demo-owner',
  description: '',
  hidden: false,
  label: INTERNAL,
  columns: [
    { name: 'plain', type: 'text', label: INTERNAL, description: '' },
    { name: 'personal', type: 'text', label: PERSONAL, description: '' },
  ],
}
const policy: Policy = {
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [],
  masks: [{ id: 'm', bound: { all: 'below', label: PERSONAL }, column: 'personal', mask: { kind: 'redact' }, label: INTERNAL }],
}

const who = fc.constantFrom(...PEOPLE, 'p_demo-analyst', 'p_demo-owner')
const some = fc.nat(2) // of the things that there are by then
const label: fc.Arbitrary<Label> = fc.oneof(
  fc.constant(INTERNAL),
  fc.record({ level: fc.constantFrom(...LEVELS), markings: fc.subarray(['PII']) }),
)
const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant({ who: 'workspace' } as const),
  who.map((person) => ({ who: 'person', person }) as const),
)
const act = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('read' as const), who, some: fc.option(some, { freq: 2 }), personal: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('create' as const), who }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('append' as const), who, some }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('save' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('release' as const), who, some, to: fc.array(audience, { maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('relabel' as const), who, some, label }) },
  fc.record({ act: fc.constant('restart' as const), who }),
)
type Act = typeof act extends fc.Arbitrary<infer One> ? One : never
/** `holds`: the join of what was read by whoever wrote it. */
type Thing = { readonly kind: 'table' | 'artefact'; readonly id: string; holds: Label }

class World {
  readonly #home = mkdtempSync(path(tmpdir(), 'sharing-'))
  readonly #store: Store = openStore(this.#home)
  readonly #ruling: Ruling = makeRuling({ store: this.#store, identity, key: new Uint8Array(32), now: () => 1000 })
  readonly #edits: Edits
  readonly #shelf: Shelf
  readonly #things: Thing[] = []
  readonly #kernels = new Map<string, { spec: KernelSpec; holds: Label }>()
  #count = 0

  constructor() {
    const [store, ruling] = [this.#store, this.#ruling]
    const { governance, artefacts, audit } = store
    const recheck = async () => {}
    const requests = makeRequests({ ruling, stored: store.requests, identity, sourceFor: async () => null })
    const log = makeLog('silent')
    const deploying = makeDeploying({ offers: null, uploads: null, governance })
    this.#edits = makeEdits({ ruling, governance, identity, plane: null, routes: new Map(), deploying, requests, log, recheck })
    this.#shelf = makeShelf({ ruling, artefacts, audit, files: new Files(this.#home), identity })
  }

  async begin(): Promise<void> {
    const { governance } = this.#store
    await governance.addTable(source, 1, policy)
    for (const [person, clearance] of Object.entries(CLEARANCES))
      await governance.setSubject(person, { clearance, groups: [], attributes: {} }, edit)
    const makes = { id: 'makes', to: { who: 'workspace' }, right: 'managed-table:write', expires: null } as const
    await governance.setWorkspace({ label: INTERNAL, grants: [makes] }, edit)
  }

  async end(): Promise<void> {
    await this.#store.close()
    rmSync(this.#home, { recursive: true })
  }

  #kernel(person: string) {
    const known = this.#kernels.get(person)
    if (known) return known
    this.#count += 1
    const id = `k_${String(this.#count).padStart(8, '0')}`
    const kernel = { spec: specOf({ id, person }), holds: INTERNAL }
    this.#kernels.set(person, kernel)
    return kernel
  }

  async do(one: Act): Promise<void> {
    const by = identity.find(one.who)
    if (by === null) throw new Error('nobody')
    switch (one.act) {
      case 'read':
        return this.#read(one.who, one.some, one.personal)
      case 'create':
        return this.#create(one.who)
      case 'append':
        return this.#append(one.who, one.some)
      case 'save':
        return this.#save(one.who)
      case 'release':
        return allowed(this.#release(by, this.#thing(one.some), one.to))
      case 'relabel':
        return allowed(this.#relabel(by, this.#thing(one.some), one.label))
      case 'restart':
        this.#kernels.delete(one.who)
    }
  }

  #thing = (some: number): Thing | undefined => this.#things[some % Math.max(this.#things.length, 1)]

  async #read(person: string, some: number | null, personal: boolean): Promise<void> {
    const kernel = this.#kernel(person)
    const thing = some === null ? null : this.#thing(some)
    const made = thing?.kind === 'table' ? thing : null
    const looked = await look(this.#ruling, made?.id ?? source.name, await this.#ruling.subject(person))
    if (!looked.ok) return
    const { view, version } = looked.sight
    const question = understand(view, { columns: made || personal ? null : ['plain'], where: null, limit: null })
    if (!question.ok) throw new Error('not understood')
    await this.#ruling.admit(kernel.spec, view, version, question.understood)
    const plain = question.understood.columns.some(({ name, mask }) => name === 'personal' && mask === null)
    kernel.holds = join(kernel.holds, made?.holds ?? (plain ? PERSONAL : INTERNAL))
  }

  async #judged(spec: KernelSpec, table: string, mode: 'create' | 'append') {
    const columns = [{ name: 'a', type: 'text' as const }]
    return judge(this.#ruling, spec, { write: 'w_00000000000000000000', table, mode, columns })
  }

  async #create(person: string): Promise<void> {
    const { spec, holds } = this.#kernel(person)
    const verdict = await this.#judged(spec, `made${this.#things.length}`, 'create')
    if (!verdict.ok || verdict.birth === null) return
    await makeWriting(this.#store, () => 1).publish(verdict.birth)
    this.#things.push({ kind: 'table', id: verdict.target.table, holds })
  }

  async #append(person: string, some: number): Promise<void> {
    const thing = this.#thing(some)
    if (thing?.kind !== 'table') return
    const { spec, holds } = this.#kernel(person)
    if ((await this.#judged(spec, thing.id, 'append')).ok) thing.holds = join(thing.holds, holds)
  }

  async #save(person: string): Promise<void> {
    const { spec, holds } = this.#kernel(person)
    this.#count += 1
    const number = String(this.#count)
    const what = { name: 'x', kind: 'file', bytes: 1, digest: 'ab'.repeat(32), at: 1 } as const
    const whose = { kernel: spec.id, save: `s_${number.padStart(20, '0')}`, notebook: spec.notebook, maker: person }
    const [taint, inputs] = [await this.#ruling.taint(spec.id), await inputsOf(this.#ruling, spec)]
    const id = `a_${number.padStart(8, '0')}`
    await this.#store.artefacts.add({ id, ...whose, ...what, label: taint, inputs })
    this.#things.push({ kind: 'artefact', id, holds })
  }

  async #release(by: Principal, thing: Thing | undefined, to: readonly Audience[]): Promise<unknown> {
    if (thing === undefined) return null
    const wanted = { onto: await this.#version(thing, 'release'), reason: 'x' }
    return thing.kind === 'table' ? this.#edits.release(by, thing.id, to, wanted) : this.#shelf.release(by, thing.id, to, wanted)
  }

  async #relabel(by: Principal, thing: Thing | undefined, to: Label): Promise<unknown> {
    if (thing === undefined) return null
    const wanted = { onto: await this.#version(thing, 'relabel'), reason: 'x' }
    if (thing.kind === 'artefact') return this.#shelf.relabel(by, thing.id, to, wanted)
    if (by.standing !== 'owner') return this.#edits.relabel(by, thing.id, to, wanted)
    return this.#edits.table(by, thing.id, { description: '', hidden: false, label: to, columns: {} }, wanted)
  }

  async #version({ kind, id }: Thing, what: 'release' | 'relabel'): Promise<number> {
    if (kind === 'artefact') return (await this.#store.artefacts.get(id))?.version ?? 0
    const { governance } = this.#store
    return what === 'release' ? (await governance.policy(id)).version : ((await governance.tableHistory(id))[0]?.version ?? 0)
  }

  /** Each thing with each person who sees it. */
  async seen(): Promise<{ readonly thing: Thing; readonly person: string; readonly others: boolean }[]> {
    const all = this.#things.flatMap((thing) => PEOPLE.map((person) => ({ thing, person })))
    const judged = await Promise.all(all.map(async (one) => ({ ...one, sees: await this.#sees(one.person, one.thing) })))
    return judged.flatMap(({ thing, person, sees }) => (sees === null ? [] : [{ thing, person, others: sees !== person }]))
  }

  /** Whose it is; null: they do not see it. */
  async #sees(person: string, { kind, id }: Thing): Promise<string | null> {
    const subject = await this.#ruling.subject(person)
    if (kind === 'table') {
      const looked = await look(this.#ruling, id, subject)
      return looked.ok ? looked.sight.table.owner : null
    }
    const artefact = await this.#store.artefacts.get(id)
    return artefact && mayOpen(artefact, subject) ? artefact.maker : null
  }
}

/** A refusal is an answer. */
async function allowed(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error
  })
}

test('nobody ever sees what was made of something above their clearance', async () => {
  let shared = 0
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60, size: 'max' }), async (acts) => {
      const world = new World()
      try {
        await world.begin()
        for (const one of acts) await world.do(one)
        for (const { thing, person, others } of await world.seen()) {
          expect(dominates(CLEARANCES[person] ?? INTERNAL, thing.holds)).toBe(true)
          shared += Number(others)
        }
      } finally {
        await world.end()
      }
    }),
    { numRuns: 60 },
  )
  expect(shared).toBeGreaterThan(20) // what was released was seen by others, or nothing was shown
}, 120_000)
