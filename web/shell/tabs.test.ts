import fc from 'fast-check'
import { expect, test } from 'vitest'
import { close, home, LIVE, live, NO_TABS, neighbour, rename, restore, show, type Tabs } from './tabs.ts'

const id = (n: number) => `n_0000000${n}`
const opened = (...numbers: number[]): Tabs => numbers.reduce((tabs, n) => show(tabs, id(n), `book ${n}`), NO_TABS)

test('closing the tab in front brings the right neighbour, then the left, then the list', () => {
  let tabs = show(opened(1, 2, 3), id(2), '')
  tabs = close(tabs, id(2))
  expect(tabs.active).toBe(id(3))
  tabs = close(tabs, id(3))
  expect(tabs.active).toBe(id(1))
  expect(close(tabs, id(1))).toEqual(NO_TABS)
})

test('closing a tab behind leaves the one in front', () => {
  expect(close(opened(1, 2), id(1)).active).toBe(id(2))
  expect(close(home(opened(1, 2)), id(1)).active).toBeNull()
})

test('only the most recent ones keep a frame, however many tabs there are', () => {
  const tabs = show(opened(1, 2, 3, 4, 5, 6), id(2), '')
  expect(live(tabs)).toEqual([id(2), id(6), id(5), id(4)])
  expect(live(tabs)).toHaveLength(LIVE)
})

test('neighbours go round the corner', () => {
  expect(neighbour(opened(1, 2, 3), 1)).toBe(id(1))
  expect(neighbour(show(opened(1, 2, 3), id(1), ''), -1)).toBe(id(3))
  expect(neighbour(home(opened(1, 2)), 1)).toBe(id(1))
  expect(neighbour(NO_TABS, 1)).toBeNull()
})

test('a rename reaches the tab, and is the same value when nothing changed', () => {
  const tabs = opened(1)
  expect(rename(tabs, id(1), 'new').list[0]?.name).toBe('new')
  expect(rename(tabs, id(1), 'book 1')).toBe(tabs)
  expect(rename(tabs, id(9), 'x')).toBe(tabs)
})

test('what was kept is read with distrust', () => {
  expect(restore(null)).toEqual(NO_TABS)
  expect(restore([{ id: id(1), name: 'a' }, { id: '../etc', name: 'b' }, 7, { id: id(1), name: 'again' }]).list).toEqual([
    { id: id(1), name: 'a' },
  ])
})

test('whatever is done: one tab per notebook, the active one among them, recents only of tabs', () => {
  const number = fc.integer({ min: 1, max: 7 })
  const act = fc.oneof(
    number.map((n) => (tabs: Tabs) => show(tabs, id(n), `${n}`)),
    number.map((n) => (tabs: Tabs) => close(tabs, id(n))),
    fc.constant(home),
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const tabs = acts.reduce((state, apply) => apply(state), NO_TABS)
      const ids = tabs.list.map((tab) => tab.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(tabs.active === null || ids.includes(tabs.active)).toBe(true)
      expect(tabs.recent.every((each) => ids.includes(each))).toBe(true)
    }),
  )
})
