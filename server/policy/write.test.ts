import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dominates, type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Policy, Table } from '#protocol/policy/policy.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import { DIALECTS } from '../seams/dataPlane.ts'
import { type Condition, closed } from './condition.ts'
import { decide, granted, type View } from './decide.ts'
import { Dialect, quoted } from './dialect.ts'
import { evaluate, type Row, type Value } from './evaluate.ts'
import type { Subject } from './subject.ts'
import { COLUMNS, condition, generous, label, policy, row, subject, table } from './testing/arbitrary.ts'
import { Engine } from './testing/engine.ts'
import { filling } from './testing/filling.ts'
import { mayMake, mayWrite, type Offered, ownName } from './write.ts'
import { stepsOf } from './writeSql.ts'

const NOW = 10
const at = (level: Label['level'], ...markings: string[]): Label => ({ level, markings })
const TABLE: Table = {
  name: 'authorities',
  owner: 'p_theowner',
  description: '',
  hidden: false,
  label: at('internal', 'EU'),
  columns: [
    { name: 'country', type: 'text', label: LOWEST, description: '' },
    { name: 'email', type: 'text', label: at('confidential'), description: '' },
    { name: 'share', type: 'real', label: LOWEST, description: '' },
  ],
}
const WHO: Subject = {
  person: 'p_analyst',
  member: true,
  groups: [],
  attributes: { country: ['DE'] },
  clearance: at('secret', 'EU'),
}
const both: Policy['grants'] = (['managed-table:read', 'managed-table:write'] as const).map((right) => ({
  id: right.slice(14),
  to: { who: 'workspace' },
  right,
  rows: null,
  expires: null,
}))
const OPEN: Policy = { grants: both, rows: [], masks: [] }
const EMAIL: Policy['masks'][number] = {
  id: 'm',
  bound: { all: 'everybody' },
  column: 'email',
  mask: { kind: 'redact' },
  label: LOWEST,
}
const ALL: readonly Offered[] = TABLE.columns

type Change = { policy?: Policy; who?: Subject; taint?: Label; mode?: 'append' | 'replace'; columns?: readonly Offered[] }
function answer({ policy: rules = OPEN, who = WHO, taint = LOWEST, mode = 'append', columns = ALL }: Change = {}) {
  const decision = decide(TABLE, rules, who, NOW)
  if (!decision.ok) throw new Error(decision.why)
  return mayWrite({ table: TABLE, policy: rules, view: decision.view }, { mode, columns }, { who, now: NOW, taint })
}
const why = (change: Change) => {
  const said = answer(change)
  return said.ok ? 'written' : said.why
}
const detail = (columns: readonly Offered[]) => {
  const said = answer({ columns })
  return !said.ok && said.why === 'schema' ? said.detail : null
}

describe('who may write', () => {
  test('whoever reads it and holds a grant to write that has not run out', () => {
    expect(why({})).toBe('written')
    const [read, write] = both
    if (!read || !write) throw new Error('two grants')
    expect(why({ policy: { ...OPEN, grants: [read] } })).toBe('ungranted')
    expect(why({ policy: { ...OPEN, grants: [read, { ...write, expires: NOW }] } })).toBe('ungranted')
    const unjudged = { op: 'eq', left: { column: 'country' }, right: { attribute: 'unit' } } as const
    expect(why({ policy: { ...OPEN, grants: [read, { ...write, rows: unjudged }] } })).toBe('ungranted')
  })

  test('from a kernel that has read nothing above the table', () => {
    for (const taint of [at('public'), at('internal'), at('public', 'EU'), at('internal', 'EU')])
      expect(why({ taint })).toBe('written')
    for (const taint of [at('confidential'), at('public', 'PII')]) expect(why({ taint })).toBe('label')
  })

  test('what is masked is left out of what is appended, and keeps from replacing', () => {
    const masked = { policy: { ...OPEN, masks: [EMAIL] } }
    expect(answer(masked)).toEqual({ ok: false, why: 'masked', column: 'email' })
    const rest = ALL.filter(({ name }) => name !== 'email')
    expect(answer({ ...masked, columns: rest })).toMatchObject({ ok: true, rest: [{ name: 'email', type: 'text' }] })
    expect(answer({ ...masked, columns: rest, mode: 'replace' })).toEqual({ ok: false, why: 'masked', column: null })
  })

  test('a column above the clearance is one there is not, and keeps from replacing', () => {
    const low = { who: { ...WHO, clearance: at('internal', 'EU') } }
    const rest = ALL.filter(({ name }) => name !== 'email')
    expect(why({ ...low, columns: rest })).toBe('written')
    expect(answer(low)).toEqual({ ok: false, why: 'schema', detail: 'the table has no “email” for you' })
    expect(why({ ...low, columns: rest, mode: 'replace' })).toBe('masked')
  })

  test('columns that do not fit are named, all in one sentence; whole numbers are reals, and nothing is of any type', () => {
    const [country, email] = [
      { name: 'country', type: 'text' },
      { name: 'email', type: null },
    ] as const
    expect(detail([country, email, { name: 'share', type: 'integer' }])).toBeNull()
    expect(detail([country])).toBe('it lacks “email”, “share”')
    expect(detail([country, country, email, { name: 'Share', type: 'real' }])).toBe(
      'it has “country” twice; it lacks “share”; the table has no “Share” for you',
    )
    expect(detail([{ ...country, type: 'integer' }, email, { name: 'share', type: 'text' }])).toBe(
      '“country” is integer and shall be text; “share” is text and shall be real',
    )
  })
})

describe('who may make a table', () => {
  const workspace: Workspace = {
    label: at('internal'),
    grants: [{ id: 'w', to: { who: 'person', person: 'p_analyst' }, right: 'managed-table:write', expires: 20 }],
  }
  const making = { name: 'analyst.t', columns: ALL, who: WHO, now: NOW, taint: LOWEST, workspace }
  const no = (change: Partial<typeof making>) => {
    const said = mayMake({ ...making, ...change })
    return said.ok ? 'made' : said.why
  }

  test('a member with a grant on the workspace, whose clearance covers what it would hold', () => {
    expect(no({})).toBe('made')
    expect(no({ now: 20 })).toBe('ungranted')
    expect(no({ who: { ...WHO, person: 'p_colleague' } })).toBe('ungranted')
    expect(no({ who: { ...WHO, member: false } })).toBe('ungranted')
    expect(no({ taint: at('secret', 'PII') })).toBe('label')
  })

  test('it is its maker’s alone, hidden, and labelled with what the kernel has read and the workspace', () => {
    const said = mayMake({ ...making, taint: at('public', 'EU') })
    if (!said.ok) throw new Error(said.why)
    const { table: made, policy: rules } = said.birth
    expect(made).toMatchObject({ name: 'analyst.t', owner: 'p_analyst', hidden: true, label: at('internal', 'EU') })
    expect(decide(made, rules, WHO, NOW)).toMatchObject({ ok: true, view: { filtered: false } })
    expect(decide(made, rules, { ...WHO, person: 'p_theowner' }, NOW)).toEqual({ ok: false, why: 'absent' })
    const columns = made.columns
    const seen = decide(made, rules, WHO, NOW)
    if (!seen.ok) throw new Error(seen.why)
    const again = mayWrite(
      { table: made, policy: rules, view: seen.view },
      { mode: 'replace', columns },
      { who: WHO, now: NOW, taint: LOWEST },
    )
    expect(again.ok).toBe(true)
  })

  test('a name stands in the maker’s own namespace, once', () => {
    expect([ownName('p_ann', 'x'), ownName('p_ann', 'ann.x'), ownName('p_ann', 'bob.x')]).toEqual(['ann.x', 'ann.x', 'ann.bob.x'])
  })
})

describe.each(DIALECTS)('what is done in %s is what the interpreter says', (name) => {
  const dialect = new Dialect(name)
  let engine: Engine
  beforeAll(() => {
    engine = new Engine(name)
  })
  afterAll(() => engine.end())

  const shown = (value: Value | undefined) => (Object.is(value, -0) ? '-0' : String(value ?? null))
  const sorted = (rows: readonly Row[]) => rows.map((values) => COLUMNS.map(({ name }) => shown(values[name])).join('|')).sort()

  /** Without the compiler, from the rules themselves. */
  function oracle(view: View, rules: Policy, who: Subject) {
    const grants = granted(rules, 'managed-table:write', who, NOW).map(({ rows }) => rows && closed(rows, who))
    const open = granted(rules, 'managed-table:write', who, NOW).some(({ rows }) => rows === null)
    return (values: Row) =>
      evaluate(view.keep, values) === true && (open || grants.some((rows) => rows !== null && evaluate(rows, values) === true))
  }

  const types = Object.fromEntries(COLUMNS.map(({ name, type }) => [name, type]))
  const names = COLUMNS.map(({ name }) => quoted(name)).join(', ')
  const all = { sql: `SELECT ${names} FROM ${dialect.source('t', types)}`, parameters: [] }
  /** A server's table has values that count as null. */
  const infinite = `UPDATE t SET ${COLUMNS.filter(({ type }) => type === 'date').map(({ name }) => `${quoted(name)} = coalesce(${quoted(name)}, 'infinity')`)}`
  const fitted = ['ALTER TABLE t DROP COLUMN "at"', ...(name === 'postgres' ? [infinite] : [])].map((sql) => ({
    sql,
    parameters: [],
  }))

  const written: fc.Arbitrary<Policy> = fc
    .record({ rules: generous, rows: fc.option(condition(true, 2)) })
    .map(({ rules, rows }) => {
      const grant = { id: 'write', to: { who: 'workspace' }, right: 'managed-table:write', rows, expires: null } as const
      return { ...rules, grants: [...rules.grants, grant] }
    })

  test('for any table, policy, person, rows there and rows that come', async () => {
    const counts = { written: 0, refused: 0 }
    const few = fc.array(row, { maxLength: 4 })
    const mode = fc.constantFrom('append' as const, 'replace' as const)
    await fc.assert(
      fc.asyncProperty(table, written, subject, few, few, mode, async (made, rules, who, there, come, how) => {
        const lowest = { ...made, columns: made.columns.map((column) => ({ ...column, label: LOWEST })) }
        const decision = decide({ ...lowest, label: LOWEST }, rules, who, NOW)
        if (!decision.ok) return
        const { view } = decision
        const columns = view.columns.filter(({ mask }) => mask === null)
        if (columns.length === 0) return
        const asking = { mode: how, columns: columns.map(({ name, type }) => ({ name, type })) }
        const target = mayWrite({ table: lowest, policy: rules, view }, asking, { who, now: NOW, taint: LOWEST })
        if (!target.ok) return
        expect(target.columns.map(({ name }) => name)).toEqual(columns.map(({ name }) => name))
        const kept = new Set(columns.map(({ name }) => name))
        const stored = come.map((values) =>
          Object.fromEntries(COLUMNS.map(({ name }) => [name, kept.has(name) ? (values[name] ?? null) : null])),
        )
        const mine = oracle(view, rules, who)
        const may = stored.every(mine)
        counts[may ? 'written' : 'refused'] += 1
        await engine.create([...filling('t', there, dialect), ...fitted, ...filling('came', come, dialect)])
        expect(await engine.write(stepsOf(target, dialect))).toBe(may ? BigInt(come.length) : 'outside')
        const after = (await engine.run(all)).map((values) =>
          Object.fromEntries(COLUMNS.map(({ name }, place) => [name, values[place] ?? null])),
        )
        const left = how === 'replace' ? there.filter((values) => !mine(values)) : there
        expect(sorted(after)).toEqual(sorted(may ? [...left, ...stored] : there))
      }),
      { numRuns: 300 },
    )
    expect(Math.min(counts.written, counts.refused)).toBeGreaterThan(10)
  }, 240_000)

  test('rows are replaced as they are seen: texts by code point, days without an end as null', async () => {
    const columns = COLUMNS.map(({ name, type }) => ({ name, type }))
    const none = Object.fromEntries(COLUMNS.map(({ name }) => [name, null]))
    const [first, second] = [{ column: 'text "0' }, { column: 'text "1' }]
    const seen = [
      { ...none, 'text "0': 'a', 'text "1': 'B' },
      { ...none, 'text "0': 'B', 'text "1': 'a' },
      { ...none, 'text "0': 'B', 'text "1': 'a', 'date "0': '2026-01-01' },
    ]
    const keep: Condition = {
      op: 'and',
      of: [
        { op: 'lt', left: first, right: second },
        { op: 'isNull', term: { column: 'date "0' } },
      ],
    }
    await engine.create([...filling('t', seen, dialect), ...fitted, ...filling('came', [], dialect)])
    expect(await engine.write(stepsOf({ mode: 'replace', table: 't', columns, rest: [], keep, because: [] }, dialect))).toBe(0n)
    expect((await engine.run(all)).map(([text]) => text).sort()).toEqual(['B', 'a'])
  })
})

describe('what may be written', () => {
  test('nothing is written that was masked, unseen or labelled below the kernel', () => {
    const offered = fc.subarray(COLUMNS)
    fc.assert(
      fc.property(table, policy, subject, label, offered, (made, rules, who, taint, columns) => {
        const decision = decide(made, rules, who, NOW)
        if (!decision.ok) return
        const { view } = decision
        for (const mode of ['append', 'replace'] as const) {
          const said = mayWrite({ table: made, policy: rules, view }, { mode, columns }, { who, now: NOW, taint })
          if (!said.ok) continue
          expect(dominates(made.label, taint)).toBe(true)
          expect(granted(rules, 'managed-table:write', who, NOW)).not.toEqual([])
          const plain = new Set(view.columns.flatMap(({ name, mask }) => (mask === null ? [name] : [])))
          expect(said.columns.every(({ name }) => plain.has(name))).toBe(true)
          if (mode === 'replace') expect(said.rest).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
  })
})
