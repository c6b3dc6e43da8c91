import { describe, expect, test } from 'vitest'
import type { Expr } from '#protocol/policy/expr.ts'
import type { Seen, View } from './decide.ts'
import { type Question, understand } from './question.ts'

const LOW = { level: 'public', markings: [] } as const
const seen = (name: string, type: Seen['type'], level: 'public' | 'secret' = 'public'): Seen => ({
  name,
  type,
  stored: type,
  mask: null,
  label: { level, markings: [] },
})
const VIEW: View = {
  table: 't',
  columns: [seen('country', 'text'), seen('delay', 'real', 'secret'), seen('year', 'integer')],
  types: { country: 'text', delay: 'real', year: 'integer', denied: 'text' },
  keep: { op: 'and', of: [] },
  filtered: false,
  label: LOW,
  because: [],
}
const ask = (question: Partial<Question>) => understand(VIEW, { columns: null, where: null, limit: null, ...question })
const integer = (value: number) => ({ literal: { type: 'integer', value } }) as const
const less: Expr = { op: 'lt', left: { column: 'delay' }, right: integer(5) }

describe('what a question may speak of', () => {
  test('a column that is denied and one that there is not answer alike', () => {
    const answer = (column: string) => JSON.stringify(ask({ columns: [column] })).replaceAll(column, '…')
    expect(answer('denied')).toBe(answer('nowhere'))
    const compared = (column: string) =>
      JSON.stringify(ask({ where: { op: 'isNull', term: { column } } })).replaceAll(column, '…')
    expect(compared('denied')).toBe(compared('nowhere'))
    expect(JSON.parse(answer('denied'))).toMatchObject({ ok: false, why: 'column-absent' })
  })

  test('attributes and groups are for rules', () => {
    const attribute: Expr = { op: 'eq', left: { column: 'country' }, right: { attribute: 'country' } }
    const listed: Expr = { op: 'in', term: { column: 'country' }, among: { attribute: 'country' } }
    const group: Expr = { op: 'not', of: { op: 'or', of: [{ op: 'inGroup', group: 'staff' }] } }
    for (const where of [attribute, listed, group]) expect(ask({ where })).toMatchObject({ ok: false, why: 'bad-question' })
  })

  test('only what is alike is compared; a whole number reads as a real where one is due', () => {
    expect(ask({ where: { op: 'eq', left: { column: 'country' }, right: integer(5) } })).toMatchObject({ why: 'bad-question' })
    expect(ask({ where: less })).toMatchObject({ understood: { where: { right: { literal: { type: 'real', value: 5 } } } } })
    expect(ask({ where: { op: 'lt', left: { column: 'year' }, right: integer(5) } })).toMatchObject({
      understood: { where: { right: integer(5) } },
    })
  })

  test('a column asked for twice is refused', () => {
    expect(ask({ columns: ['year', 'year'] })).toMatchObject({ why: 'bad-question' })
  })
})

test('what is only compared with counts, too', () => {
  expect(ask({ columns: ['country'] })).toMatchObject({ understood: { label: { level: 'public' } } })
  expect(ask({ columns: ['country'], where: less })).toMatchObject({ understood: { label: { level: 'secret' } } })
})
