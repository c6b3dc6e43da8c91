// A second connection to the state does to audit, edits and labels what the gateway never does.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import { decided, denied, done } from '../seams/audit.contract.ts'
import { canonical, chained, GENESIS } from '../seams/chain.ts'
import type { Store } from '../seams/store.ts'
import { Misshapen } from './json.ts'
import { openStore } from './sqlite.ts'

let home: string
let store: Store
let other: DatabaseSync
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'scrydon-tampering-'))
  store = openStore(home)
  other = new DatabaseSync(join(home, 'state.db'), { timeout: 5000 })
})
afterEach(async () => {
  other.close()
  await store.close()
  rmSync(home, { recursive: true })
})

describe('of the audit', () => {
  const free = () => other.exec('DROP TRIGGER audit_stays; DROP TRIGGER audit_remains; DROP TRIGGER audit_adds')
  beforeEach(async () => {
    const { seq } = await store.audit.append(decided(), 1000)
    await store.audit.append(denied, 2000)
    await store.audit.append(done(seq), 3000)
    await store.audit.append(decided({ table: 'weather' }), 4000)
    await store.audit.append(denied, 5000)
  })

  test.each([
    ['changed', 'UPDATE audit SET at = 1 WHERE seq = 2'],
    ['removed', 'DELETE FROM audit WHERE seq = 5'],
    ['replaced', "INSERT OR REPLACE INTO audit (seq, at, previous, hash, entry) VALUES (2, 1, '', '', '{}')"],
  ])('no row is %s', async (_, sql) => {
    expect(() => other.exec(sql)).toThrow('the audit is appended to only')
    expect(await store.audit.verify()).toMatchObject({ ok: true, head: { seq: 5 } })
  })

  const rows = [1, 2, 3, 4, 5]
  const edits = [
    ['time', 'at = at + 1'],
    ['previous hash', `previous = '${'0'.repeat(63)}1'`],
    ['hash', `hash = '${'0'.repeat(63)}1'`],
    ['person', `entry = json_set(entry, '$.person', 'p_00000009')`],
    ['kind', `entry = json_set(entry, '$.kind', 'other')`],
    ['decision', `entry = json_set(entry, '$.decision', json('{"allowed":true}'))`],
    ['spelling', `entry = entry || ' '`],
  ] as const
  test.each(rows.flatMap((seq) => edits.map(([field, sql]) => [field, seq, sql] as const)))(
    'the %s of row %i is found changed',
    async (_, seq, sql) => {
      free()
      expect(other.prepare(`UPDATE audit SET ${sql} WHERE seq = ?`).run(seq).changes).toBe(1)
      expect(await store.audit.verify()).toEqual({ ok: false, seq })
    },
  )

  test('a row with another number is found', async () => {
    free()
    other.exec('UPDATE audit SET seq = 9 WHERE seq = 5')
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 5 })
  })

  test.each([1, 2, 3, 4, 5])('row %i is found missing, the newest by the head', async (seq) => {
    free()
    other.prepare('DELETE FROM audit WHERE seq = ?').run(seq)
    expect(await store.audit.verify()).toEqual({ ok: false, seq })
  })

  test('two rows that changed places are found', async () => {
    free()
    other.exec(
      'UPDATE audit SET seq = -2 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = -2',
    )
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 2 })
  })

  test('a removed tail stays found after more was appended', async () => {
    free()
    other.exec('DELETE FROM audit WHERE seq >= 4')
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 4 })
    expect(await store.audit.append(denied, 6000)).toMatchObject({ seq: 6 })
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 4 })
  })

  test('a newest row with a hash that fits it is found by the head', async () => {
    free()
    const [, before] = await store.audit.list({ limit: 2 })
    const { hash, entry } = chained(before ?? GENESIS, 5000, canonical(decided()))
    other.prepare('UPDATE audit SET hash = ?, entry = ? WHERE seq = 5').run(hash, entry)
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 5 })
  })

  test('where the head was taken back, nothing more is written', async () => {
    const [, before] = await store.audit.list({ limit: 2 })
    other.prepare('UPDATE audit_head SET seq = ?, hash = ?').run(before?.seq ?? 0, before?.hash ?? '')
    await expect(store.audit.append(denied, 6000)).rejects.toThrow('the audit is appended to only')
    other.exec('DELETE FROM audit_head')
    await expect(store.audit.append(denied, 6000)).rejects.toThrow('the audit is appended to only')
    expect(await store.audit.verify()).toEqual({ ok: false, seq: 1 })
  })

  // What the state alone cannot show, and a link kept elsewhere can.
  test('a tail that was removed together with the head is found only by a kept link', async () => {
    const [kept, before] = await store.audit.list({ limit: 2 })
    if (!kept || !before) throw new Error('two rows')
    free()
    other.exec('DELETE FROM audit WHERE seq = 5')
    other.prepare('UPDATE audit_head SET seq = ?, hash = ?').run(before.seq, before.hash)
    expect(await store.audit.verify()).toMatchObject({ ok: true, head: { seq: 4 } })
    expect(await store.audit.verify(kept)).toEqual({ ok: false, seq: 5 })
    await store.audit.append(decided(), 5000)
    expect(await store.audit.verify()).toMatchObject({ ok: true, head: { seq: 5 } })
    expect(await store.audit.verify(kept)).toEqual({ ok: false, seq: 5 })
  })
})

describe('of what was decided', () => {
  const OWNER = 'p_00000001'
  const table = {
    name: 'flights',
    owner: OWNER,
    description: '',
    hidden: false,
    label: LOWEST,
    columns: [{ name: 'carrier', type: 'text', label: LOWEST, description: '' }],
  } as const
  const edit = { by: OWNER, at: 2000, reason: 'as asked' }
  beforeEach(async () => {
    await store.governance.addTable(table, 1000)
    await store.governance.setPolicy('flights', { grants: [], rows: [], masks: [] }, edit)
    await store.governance.setSubject(OWNER, { clearance: LOWEST, groups: [], attributes: {} }, edit)
    await store.governance.raise('k_00000001', { level: 'secret', markings: [] })
  })

  test.each([
    ['changed', "UPDATE edits SET value = '{}'"],
    ['removed', 'DELETE FROM edits'],
    ['replaced', "INSERT OR REPLACE INTO edits SELECT epoch, kind, name, version, '{}', person, at, reason FROM edits"],
    [
      'replaced under another number',
      "INSERT OR REPLACE INTO edits SELECT NULL, kind, name, version, '{}', person, at, reason FROM edits",
    ],
  ])('no version is %s', (_, sql) => {
    expect(() => other.exec(sql)).toThrow('edits are kept')
  })

  const broken = [
    ['no JSON', 'secret-value {'],
    ['of another shape', '{}'],
    ['null', 'null'],
    ['with more than it should hold', '{"grants":[],"rows":[],"masks":[],"clearance":{},"more":"secret-value"}'],
  ] as const
  test.each(broken)('a row that is %s closes: an error that says of what, and quotes nothing', async (_, value) => {
    other.exec('DROP TRIGGER edits_stay')
    other.prepare('UPDATE edits SET value = ?').run(value)
    other.prepare('UPDATE kernel_labels SET label = ?').run(value)
    const reads = [
      ['table', () => store.governance.table('flights')],
      ['table', () => store.governance.tables()],
      ['table', () => store.governance.addTable(table, 1)],
      ['table', () => store.governance.setPolicy('flights', { grants: [], rows: [], masks: [] }, edit)],
      ['policy', () => store.governance.policy('flights')],
      ['policy', () => store.governance.policyHistory('flights')],
      ['subject', () => store.governance.subject(OWNER)],
      ['label', () => store.governance.label('k_00000001')],
      ['label', () => store.governance.raise('k_00000001', LOWEST)],
    ] as const
    for (const [what, read] of reads) {
      const error = await read().then(
        () => null,
        (thrown: Error) => thrown,
      )
      expect(error).toBeInstanceOf(Misshapen)
      expect(error?.message).toContain(`The ${what} of “`)
      expect(`${error?.stack} ${error?.cause}`).not.toContain('secret-value')
    }
  })
})
