// What every store must do with requests for tables.
import { describe, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import { freshEach, type OpenStore } from './fresh.contract.ts'
import type { Ending, NewRequest } from './requests.ts'
import type { Store } from './store.ts'

const ANNA = 'p_00000001'
const BORIS = 'p_00000002'
const OWNER = 'p_00000009'
const BOUNDS = { open: 2, since: 0, made: 5 }
const OPEN: Policy = {
  grants: [{ id: 'all', to: { who: 'workspace' }, right: 'managed-table:read', rows: null, expires: null }],
  rows: [],
  masks: [],
}

const request = (number: number, over: Partial<NewRequest> = {}): NewRequest => ({
  id: `r_0000000${number}`,
  person: ANNA,
  notebook: 'n_00000001',
  table: 'contacts',
  policy: 1,
  words: 'for the report',
  at: number,
  ...over,
})
const ending = (state: Ending['state'], over: Partial<Ending> = {}): Ending => ({ state, by: OWNER, at: 9, words: '', ...over })

export function requestsContract(open: OpenStore): void {
  describe('requests', () => {
    let store: Store
    const again = freshEach(open, (fresh) => {
      store = fresh
    })
    const ask = (number: number, over: Partial<NewRequest> = {}, bounds = BOUNDS) =>
      store.requests.ask(request(number, over), bounds)
    const ids = async () => (await store.requests.open()).map(({ id }) => id)
    const rows = async () => (await store.audit.list({ limit: 20 })).map(({ entry }) => entry).reverse()

    test('one is kept over a restart, on record without its words', async () => {
      expect(await ask(1)).toBe('asked')
      await again()
      expect(await store.requests.get('r_00000001')).toEqual({ ...request(1), end: null })
      expect(await store.requests.last(ANNA, 'contacts')).toEqual({ ...request(1), end: null })
      expect(await store.requests.last(BORIS, 'contacts')).toBeNull()
      const { id, person, notebook, table, policy } = request(1)
      const entry = { kind: 'access-asked', person, notebook, table, request: id, policy }
      expect(await rows()).toEqual([entry])
    })

    test('of one policy there is one, open or refused; another policy’s takes its place', async () => {
      await ask(1)
      expect(await ask(2)).toBe('known')
      expect(await ask(3, { person: BORIS })).toBe('asked')
      expect(await ask(4, { policy: 2 })).toBe('asked')
      expect(await ids()).toEqual(['r_00000003', 'r_00000004'])
      expect((await store.requests.get('r_00000001'))?.end).toMatchObject({ state: 'withdrawn', by: ANNA })
      await store.requests.end('r_00000004', ending('refused', { words: 'not now' }))
      expect(await ask(5, { policy: 2 })).toBe('known')
      expect((await store.requests.last(ANNA, 'contacts'))?.end).toEqual(ending('refused', { words: 'not now' }))
      expect(await ask(6, { policy: 3 })).toBe('asked')
    })

    test('what was withdrawn, or granted and taken back, may be asked again', async () => {
      await ask(1)
      expect(await store.requests.end('r_00000001', ending('withdrawn', { by: ANNA }))).toBe(true)
      expect(await store.requests.last(ANNA, 'contacts')).toBeNull()
      expect(await ask(2)).toBe('asked')
      await store.requests.end('r_00000002', ending('granted'))
      expect(await ask(3)).toBe('asked')
      expect((await store.requests.get('r_00000002'))?.end?.state).toBe('granted') // as it ended
    })

    test('it ends once, on record with whose it was', async () => {
      await ask(1)
      expect(await store.requests.end('r_00000001', ending('refused', { words: 'a secret' }))).toBe(true)
      expect(await store.requests.end('r_00000001', ending('withdrawn', { by: ANNA }))).toBe(false)
      expect(await store.requests.end('r_0000none', ending('refused'))).toBe(false)
      const ended = { kind: 'access-refused', person: OWNER, of: ANNA, table: 'contacts', request: 'r_00000001' }
      expect((await rows()).slice(1)).toEqual([ended])
      expect(await store.audit.verify()).toMatchObject({ ok: true })
    })

    test('so many of one person are open, and so many are made in a time', async () => {
      await ask(1, { table: 'a' })
      await ask(2, { table: 'b' })
      expect(await ask(3, { table: 'c' })).toBe('too-many')
      expect(await ask(3, { table: 'c', person: BORIS })).toBe('asked')
      expect(await ask(4, { table: 'b', policy: 2 })).toBe('asked') // in the place of one that is open
      await store.requests.end('r_00000001', ending('withdrawn', { by: ANNA }))
      expect(await ask(5, { table: 'c' }, { ...BOUNDS, made: 3 })).toBe('too-many')
      expect(await ask(5, { table: 'c' }, { ...BOUNDS, made: 3, since: 2 })).toBe('asked')
    })

    test('a policy that answers one grants it, both or neither', async () => {
      const columns = [{ name: 'a', type: 'text', label: LOWEST, description: '' }] as const
      const table = { owner: OWNER, description: '', hidden: false, label: LOWEST, columns }
      for (const name of ['contacts', 'others']) await store.governance.addTable({ name, ...table }, 1)
      const grant = (name: string, onto: number) =>
        store.governance.setPolicy(name, OPEN, { by: OWNER, at: 7, reason: 'asked', onto, answers: 'r_00000001' })
      expect(await grant('contacts', 0)).toEqual({ ok: false, why: 'answered' })
      await ask(1)
      expect(await grant('others', 0)).toEqual({ ok: false, why: 'answered' })
      expect(await grant('contacts', 5)).toEqual({ ok: false, why: 'stale' })
      expect(await ids()).toEqual(['r_00000001'])
      expect(await grant('contacts', 0)).toEqual({ ok: true, version: 1 })
      expect((await store.requests.get('r_00000001'))?.end).toEqual(ending('granted', { at: 7 }))
      expect((await rows()).slice(-2)).toMatchObject([
        { kind: 'policy-changed', table: 'contacts', version: 1 },
        { kind: 'access-granted', of: ANNA, person: OWNER },
      ])
      expect(await grant('contacts', 1)).toEqual({ ok: false, why: 'answered' })
      expect((await store.governance.policy('contacts')).version).toBe(1)
    })
  })
}
