// What a kernel's rows of the record say to the person whose it is.
import { describe, expect, test } from 'vitest'
import { LOWEST } from '#protocol/policy/label.ts'
import { type AuditEntry, type AuditRow, DENIALS, MODEL_DENIALS, WRITE_DENIALS } from '../seams/audit.ts'
import { deedsOf, type Ends, refusalOf } from './deeds.ts'

const of = { person: 'p_00000001', notebook: 'n_00000001', version: null, kernel: 'k_00000001' } as const
const row = (seq: number, entry: AuditEntry): AuditRow => ({ seq, at: seq * 10, previous: '', hash: '', entry })
const NONE: Ends = new Map()

const write = (seq: number, mode: 'append' | 'replace' | 'create', table: string) =>
  row(seq, {
    kind: 'write-decided',
    ...of,
    write: 'w_0000000000000000',
    mode,
    table,
    decision: { allowed: true, columns: [], policy: 1, rules: [], label: LOWEST },
  })
const unwritten = (why: (typeof WRITE_DENIALS)[number], mode: 'append' | 'create', table: string | null) =>
  row(1, { kind: 'write-decided', ...of, write: 'w_0000000000000000', mode, table, decision: { allowed: false, why } })
const wrote = (of: number, table: string, rows: number, end: 'complete' | 'refused' | 'cut' | 'failed' = 'complete') =>
  [of, { kind: 'write-done', person: 'p_00000001', table, of, rows, end }] as const
const prompt = (seq: number, characters: number) =>
  row(seq, {
    kind: 'model-decided',
    ...of,
    model: 'default',
    decision: { allowed: true, label: LOWEST, messages: 1, characters, tokens: 9 },
  })
const unread = (why: (typeof DENIALS)[number], table: string | null) =>
  row(1, { kind: 'read-decided', ...of, table, decision: { allowed: false, why } })
const unasked = (why: (typeof MODEL_DENIALS)[number]) =>
  row(1, {
    kind: 'model-decided',
    ...of,
    model: why === 'absent' ? null : 'default',
    decision: { allowed: false, why, label: LOWEST },
  })
const search = (seq: number, passages: number) =>
  row(seq, {
    kind: 'search-decided',
    ...of,
    query: '0'.repeat(64),
    decision: { allowed: true, documents: [], passages, label: LOWEST },
  })

describe('what was done', () => {
  test('is told once for what is alike, with its sum and the last time', () => {
    const rows = [
      write(9, 'append', 'log'),
      prompt(8, 1000),
      search(7, 3),
      prompt(6, 234),
      search(5, 2),
      write(4, 'append', 'log'),
    ]
    expect(deedsOf(rows, new Map([wrote(9, 'log', 1), wrote(4, 'log', 2)]))).toEqual([
      { what: 'write', text: 'Appended 3 rows to “log”', times: 2, at: 90 },
      { what: 'prompt', text: 'Asked the model “default”, in 1,234 characters', times: 2, at: 80 },
      { what: 'search', text: 'Searched the library and was given 5 passages', times: 2, at: 70 },
    ])
  })

  test('of rows that were replaced, those of the last time', () => {
    const ends = new Map([wrote(9, 'log', 1), wrote(8, 'log', 7), wrote(7, 'mine', 4)])
    const rows = [write(9, 'replace', 'log'), write(8, 'replace', 'log'), write(7, 'create', 'mine')]
    expect(deedsOf(rows, ends).map(({ text }) => text)).toEqual([
      'Put 1 row in the place of yours in “log”',
      'Made the table “mine” of 4 rows',
    ])
  })

  test('is not what is under way, was cut, or was refused', () => {
    const rows = [write(9, 'append', 'log'), write(8, 'append', 'log'), unread('ungranted', 'log'), unasked('quota')]
    expect(deedsOf(rows, new Map([wrote(8, 'log', 0, 'cut')]))).toEqual([])
  })
})

describe('what was refused', () => {
  const said = (one: AuditRow, ends: Ends = NONE) => refusalOf(one, ends)

  test('each has a sentence of its own with what to do; none speaks of what was allowed', () => {
    const all = [
      ...DENIALS.map((why) => said(unread(why, 'log'))),
      ...WRITE_DENIALS.map((why) => said(unwritten(why, 'append', 'log'))),
      ...MODEL_DENIALS.map((why) => said(unasked(why))),
    ]
    const texts = all.map((one) => one?.text ?? '')
    expect(new Set(texts).size).toBe(texts.length - 4) // a table is closed to reads and writes alike
    for (const text of texts)
      expect(text).toMatch(/Ask|ask |Run the cell|describe|Name fewer|shorten|Set max_tokens|Change it|The error/)
    expect([said(prompt(1, 1)), said(search(1, 1)), said(write(1, 'append', 'log'))]).toEqual([null, null, null])
  })

  test('a hidden table has no name in it, as one that there is not', () => {
    for (const one of [unread('absent', 'secret'), unwritten('absent', 'append', 'secret')])
      expect(said(one)).toMatchObject({ table: null, closed: false })
    expect(said(unread('absent', 'secret'))).toEqual(said(unread('absent', null)))
  })

  test('a table is closed to somebody, or only what they asked of it', () => {
    const closed = DENIALS.filter((why) => said(unread(why, 'log'))?.closed)
    expect(closed).toEqual(['ungranted', 'clearance', 'policy'])
    expect(WRITE_DENIALS.filter((why) => said(unwritten(why, 'append', 'log'))?.closed)).toEqual(closed)
  })

  test('a table that was to be made is not named; a write and an answer that failed are told', () => {
    expect(said(unwritten('unwritable', 'create', null))?.text).toBe(
      'You may not make tables in this workspace. Ask {contact} for a grant.',
    )
    const failed = new Map([wrote(1, 'log', 0, 'failed')])
    expect(said(write(1, 'append', 'log'), failed)).toMatchObject({ what: 'write', table: 'log', closed: false })
    const done = {
      kind: 'model-done',
      person: 'p_00000001',
      model: 'default',
      of: 1,
      tokens: 0,
      counted: 'estimate',
      end: 'failed',
    } as const
    expect(said(prompt(1, 1), new Map([[1, done]]))).toMatchObject({ what: 'prompt', model: 'default' })
  })
})
