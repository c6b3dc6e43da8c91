// What every store must do with the audit.
import { describe, expect, test } from 'vitest'
import { AUDIT_PAGE, type AuditEntry } from './audit.ts'
import { follows, GENESIS } from './chain.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Store } from './store.ts'

const ANNA = 'p_00000001'
const BORIS = 'p_00000002'

type Decided = Extract<AuditEntry, { kind: 'read-decided' }>
type Done = Extract<AuditEntry, { kind: 'read-done' }>

export const decided = (over: Partial<Decided> = {}): Decided => ({
  kind: 'read-decided',
  person: ANNA,
  notebook: 'n_00000001',
  version: 'v_00000001',
  kernel: 'k_00000001',
  table: 'flights',
  decision: {
    allowed: true,
    columns: ['carrier', 'tail "number"'],
    masks: [{ column: 'tail "number"', kind: 'hash' }],
    policy: 3,
    rules: ['all', 'tails'],
    literals: 'ab'.repeat(32),
    label: { level: 'internal', markings: ['EU'] },
  },
  ...over,
})
export const done = (of: number, over: Partial<Done> = {}): Done => ({
  kind: 'read-done',
  person: ANNA,
  table: 'flights',
  of,
  rows: 7,
  end: 'complete',
  ...over,
})
type WriteDecided = Extract<AuditEntry, { kind: 'write-decided' }>
type WriteDone = Extract<AuditEntry, { kind: 'write-done' }>

export const writing = (over: Partial<WriteDecided> = {}): WriteDecided => ({
  kind: 'write-decided',
  person: ANNA,
  notebook: 'n_00000001',
  version: null,
  kernel: 'k_00000001',
  write: 'w_00000000000000000001',
  mode: 'append',
  table: 'flights',
  decision: { allowed: true, columns: ['carrier'], policy: 3, rules: ['writes'], label: { level: 'internal', markings: ['EU'] } },
  ...over,
})
export const written = (of: number, over: Partial<WriteDone> = {}): WriteDone => ({
  kind: 'write-done',
  person: ANNA,
  table: 'flights',
  of,
  rows: 7,
  end: 'complete',
  ...over,
})
export const denied = decided({ person: BORIS, table: null, version: null, decision: { allowed: false, why: 'absent' } })

type ModelDecided = Extract<AuditEntry, { kind: 'model-decided' }>
export const asked = (over: Partial<ModelDecided> = {}): ModelDecided => ({
  kind: 'model-decided',
  person: ANNA,
  notebook: 'n_00000001',
  version: null,
  kernel: 'k_00000001',
  model: 'default',
  decision: { allowed: true, label: { level: 'internal', markings: [] }, messages: 2, characters: 40, tokens: 150 },
  ...over,
})
type InferenceDecided = Extract<AuditEntry, { kind: 'inference-decided' }>
const INTERNAL = { level: 'internal', markings: [] } as const
export const scoring = (over: Partial<InferenceDecided> = {}): InferenceDecided => ({
  kind: 'inference-decided',
  person: ANNA,
  notebook: 'n_00000001',
  version: null,
  kernel: 'k_00000001',
  model: 'delays',
  decision: { allowed: true, label: { level: 'public', markings: [] }, counts: INTERNAL, columns: ['hour'], rows: 7 },
  ...over,
})
type InferenceDone = Extract<AuditEntry, { kind: 'inference-done' }>
export const scored = (of: number, over: Partial<InferenceDone> = {}): InferenceDone => ({
  kind: 'inference-done',
  person: ANNA,
  model: 'delays',
  of,
  rows: 7,
  end: 'complete',
  ...over,
})
const unscored = { allowed: false, why: 'absent', label: INTERNAL } as const
export const answered = (of: number): AuditEntry => ({
  kind: 'model-done',
  person: ANNA,
  model: 'default',
  of,
  tokens: 60,
  counted: 'endpoint',
  end: 'complete',
})
const unasked = { allowed: false, why: 'absent', label: { level: 'public', markings: [] } } as const

const opened = {
  kind: 'preview-opened',
  person: ANNA,
  notebook: 'n_00000001',
  kernel: 'k_00000001',
  profile: { clearance: INTERNAL, groups: ['staff'] },
} as const satisfies AuditEntry

export function auditContract(open: OpenStore): void {
  describe('an audit', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const told = async (query: Omit<Parameters<Store['audit']['list']>[0], 'limit'> = {}) =>
      (await store.audit.list({ limit: 10, ...query })).map(({ seq }) => seq)

    test('what was appended comes back, newest first, each row after the one before, over a restart', async () => {
      const first = await store.audit.append(decided(), 1000)
      await again()
      const second = await store.audit.append(done(first.seq), 2000)
      const [newer, older] = await store.audit.list({ limit: 10 })
      if (!newer || !older) throw new Error('two rows')
      expect(older).toEqual({ ...first, seq: 1, at: 1000, previous: GENESIS.hash, entry: decided() })
      expect(newer).toEqual({ ...second, seq: 2, at: 2000, previous: first.hash, entry: done(1) })
      expect(await store.audit.verify()).toEqual({ ok: true, head: second })
    })

    test('a list is of one person, of one table, of what is older than a row, and bounded', async () => {
      const { seq: of } = await store.audit.append(decided(), 1)
      await store.audit.append(denied, 2)
      await store.audit.append(decided({ table: 'weather' }), 3)
      await store.audit.append(done(of), 4)
      expect(await told()).toEqual([4, 3, 2, 1])
      expect(await told({ person: ANNA })).toEqual([4, 3, 1])
      expect(await told({ person: BORIS })).toEqual([2])
      expect(await told({ table: 'flights' })).toEqual([4, 1])
      expect(await told({ person: ANNA, table: 'flights', before: 4 })).toEqual([1])
      expect(await told({ person: 'p_00000009' })).toEqual([])
      expect((await store.audit.list({ limit: 2 })).map(({ seq }) => seq)).toEqual([4, 3])
      expect(await store.audit.list({ limit: -1 })).toEqual([])
    })

    test('the tables that rows are of are told once each', async () => {
      expect(await store.audit.tables()).toEqual([])
      for (const table of ['weather', null, 'flights', 'weather', 'Flights']) await store.audit.append({ ...denied, table }, 1)
      await store.audit.append(asked(), 2)
      expect([...(await store.audit.tables())].sort()).toEqual(['Flights', 'flights', 'weather'])
    })

    test('a list is of what was decided for one kernel, over a restart', async () => {
      await store.audit.append(decided(), 1)
      await store.audit.append(decided({ kernel: 'k_00000002' }), 2)
      await store.audit.append(asked(), 3)
      await store.audit.append(done(1), 4) // how it ended is of the row that it ends
      await again()
      expect([await told({ kernel: 'k_00000001' }), await told({ kernel: 'k_00000002' })]).toEqual([[3, 1], [2]])
      expect(await told({ kernel: 'k_00000003' })).toEqual([])
    })

    test('what models were asked comes back, too, and is of no table', async () => {
      const { seq } = await store.audit.append(asked(), 1)
      await store.audit.append(answered(seq), 2)
      await store.audit.append(asked({ model: null, decision: unasked }), 3)
      const entries = (await store.audit.list({ limit: 10, person: ANNA })).map(({ entry }) => entry)
      expect(entries).toEqual([asked({ model: null, decision: unasked }), answered(1), asked()])
      expect(await told({ table: 'default' })).toEqual([])
    })

    test('what deployed models were asked comes back, and is of no table', async () => {
      const entries = [scoring(), scored(1), scored(1, { end: 'failed', rows: 0 }), scoring({ model: null, decision: unscored })]
      for (const entry of entries) await store.audit.append(entry, 1)
      expect((await store.audit.list({ limit: 10, person: ANNA })).map(({ entry }) => entry)).toEqual(entries.toReversed())
      expect(await told({ table: 'delays' })).toEqual([])
    })

    test('writes, what they may not and how they ended, and edits of the workspace come back', async () => {
      const edit = { kind: 'workspace-changed', person: ANNA, version: 1, reason: 'as asked' } as const
      const refused = writing({ table: null, mode: 'create', decision: { allowed: false, why: 'unwritable' } })
      const entries = [writing(), written(1), written(1, { end: 'refused', rows: 0 }), refused, edit]
      for (const entry of entries) await store.audit.append(entry, 1)
      expect((await store.audit.list({ limit: 10 })).map(({ entry }) => entry)).toEqual(entries.toReversed())
      expect(await told({ table: 'flights' })).toEqual([3, 2, 1])
    })

    test('a preview comes back, with its profile and what was decided in it', async () => {
      const entries = [opened, decided({ preview: true })]
      for (const entry of entries) await store.audit.append(entry, 1)
      expect((await store.audit.list({ limit: 10, kernel: 'k_00000001' })).map(({ entry }) => entry)).toEqual(
        entries.toReversed(),
      )
    })

    test('a page and a batch hold no more than they should; verifying goes on over them', async () => {
      for (let n = 0; n <= AUDIT_PAGE; n++) await store.audit.append(denied, n)
      expect(await store.audit.list({ limit: 10 * AUDIT_PAGE })).toHaveLength(AUDIT_PAGE)
      expect(await store.audit.verify()).toMatchObject({ ok: true, head: { seq: AUDIT_PAGE + 1 } })
    })

    const odd: readonly (readonly [string, object])[] = [
      ['a value beside what it holds', { ...decided(), value: 'a@b.example' }],
      ['a value in the decision', { ...decided(), decision: { ...decided().decision, where: 'a@b.example' } }],
      ['literals that are no digest', { ...decided(), decision: { ...decided().decision, literals: 'DE' } }],
      ['the words of a refused caller', { ...denied, decision: { allowed: false, why: 'absent', columns: ['a@b.example'] } }],
      ['a reason of its own for a refusal', { ...denied, decision: { allowed: false, why: 'a@b.example' } }],
      ['a mask of a column that was not read', { ...decided(), decision: { ...decided().decision, columns: ['carrier'] } }],
      ['a read that was allowed, of no table', { ...decided(), table: null }],
      ['a refusal by clearance, of no table', { ...denied, decision: { allowed: false, why: 'clearance' } }],
      ['a person as a profile', { ...opened, profile: { ...opened.profile, person: BORIS } }],
      ['a read that says it is no preview', { ...decided(), preview: false }],
      ['a prompt', { ...asked(), prompt: 'a@b.example' }],
      ['the words of a prompt', { ...asked(), decision: { ...asked().decision, messages: ['a@b.example'] } }],
      ['the answer of a model', { ...answered(1), text: 'a@b.example' }],
      ['a name of a model that is none', { ...asked(), model: 'a@b.example' }],
      ['the name of a model that there is not', { ...asked(), decision: unasked }],
      ['a model that was asked and has no name', { ...asked(), model: null }],
      ['a row that was scored', { ...scoring(), rows: [['a@b.example']] }],
      ['what a deployed model said', { ...scored(1), columns: ['a@b.example'] }],
      ['the name of a deployed model that there is not', { ...scoring(), decision: unscored }],
      ['a number of rows that is none', { ...done(1), rows: -1 }],
      ['a value beside what is written', { ...writing(), rows: [['a@b.example']] }],
      ['a write that was allowed, to no table', { ...writing(), table: null }],
      ['a kind of its own', { kind: 'note', person: ANNA, text: 'a@b.example' }],
    ]
    test.each(odd)('an entry has no place for %s', async (_, entry) => {
      const answer = store.audit.append(entry as AuditEntry, 1000)
      await expect(answer).rejects.toThrow('does not read as one')
      await expect(answer).rejects.not.toThrow('a@b.example')
      expect(await store.audit.list({ limit: 10 })).toEqual([])
    })

    test('a link kept elsewhere must still be in the chain', async () => {
      const link = await store.audit.append(decided(), 1000)
      const second = await store.audit.append(denied, 2000)
      expect(await store.audit.verify(link)).toEqual({ ok: true, head: second })
      expect(await store.audit.verify({ ...link, hash: second.hash })).toEqual({ ok: false, seq: 1 })
      expect(await store.audit.verify({ seq: 3, hash: second.hash })).toEqual({ ok: false, seq: 3 })
      const [row] = await store.audit.list({ limit: 1 })
      expect(row && follows(link, { ...row, entry: '' })).toBe(false)
    })

    test('of an empty chain there is nothing wrong', async () => {
      expect(await store.audit.verify()).toEqual({ ok: true, head: GENESIS })
    })
  })
}
