import { describe, expect, test } from 'vitest'
import type { Standing } from '#protocol/standings.ts'
import type { Principal } from '../seams/identity.ts'
import type { Share } from '../seams/store.ts'
import { DEEDS, MAY, may, RELATIONS, relations, strongest } from './rights.ts'

const who = (standing: Standing, id = 'p_00000002'): Principal => ({ id, name: 'X', standing })
const AUTHOR = 'p_00000001'
const share = (right: 'edit' | 'view', to = 'workspace', expires: number | null = null): Share => ({ with: to, right, expires })

describe('who may do what', () => {
  test('the table is the design’s, cell by cell', () => {
    const allowed = Object.fromEntries(RELATIONS.map((relation) => [relation, DEEDS.filter((deed) => MAY[relation][deed])]))
    expect(allowed).toEqual({
      author: ['catalogue', 'list', 'open', 'edit', 'source', 'manage', 'trash', 'unshare'],
      edit: ['catalogue', 'list', 'open', 'edit', 'source'],
      view: ['catalogue', 'list', 'open'],
      owner: ['catalogue', 'trash', 'unshare'],
      auditor: ['catalogue'],
    })
  })

  test.each([
    ['a member, nothing shared', who('member'), [], null],
    ['a member, shared with the workspace', who('member'), [share('edit')], 'edit'],
    ['a member, shared with them', who('member'), [share('view', 'p_00000002')], 'view'],
    ['a member, shared with somebody else', who('member'), [share('edit', 'p_00000003')], null],
    ['both: the stronger', who('member'), [share('view'), share('edit', 'p_00000002')], 'edit'],
    ['a share that has expired', who('member'), [share('edit', 'workspace', 100)], null],
    ['the author', who('member', AUTHOR), [], 'author'],
    ['the workspace owner, not shared', who('owner'), [], null],
    ['the workspace owner, shared', who('owner'), [share('view')], 'view'],
    ['the auditor, not shared', who('auditor'), [], null],
    ['the auditor, shared', who('auditor'), [share('edit')], 'edit'],
    ['an outsider, although shared with the workspace', who('none'), [share('edit')], null],
    ['an outsider, although shared with them', who('none'), [share('edit', 'p_00000002')], null],
    ['an outsider who authored it once', who('none', AUTHOR), [], null],
  ] as const)('%s', (_, principal, shares, right) => {
    const notebook = { author: AUTHOR, shares }
    expect(strongest(principal, notebook, 100)).toBe(right)
    expect(may(principal, notebook, 'open', 100)).toBe(right !== null)
    expect(may(principal, notebook, 'edit', 100)).toBe(right === 'edit' || right === 'author')
  })

  test('an outsider stands in no relation to anything', () => {
    expect(relations(who('none', AUTHOR), { author: AUTHOR, shares: [share('edit')] }, 0)).toEqual([])
  })
})
