import { beforeEach, expect, test } from 'vitest'
import { dismiss, notices, offerUndo, say, sayRefused, undo } from './notices.ts'
import { Refused } from './refused.ts'

const messages = () => notices().map((notice) => notice.message)
beforeEach(() => {
  for (const { id } of notices()) dismiss(id)
})

test('at most four stand at once; the oldest gives way', () => {
  for (const word of ['a', 'b', 'c', 'd', 'e']) say(word)
  expect(messages()).toEqual(['b', 'c', 'd', 'e'])
})

test('a refusal carries the id a person can quote; what failed in the page itself has none', () => {
  sayRefused(new Refused({ code: 'name-taken', message: 'Taken.', id: 'e_00000001' }, 409))
  sayRefused(new Error('Not a .py file.'))
  expect(notices().map(({ tone, reference }) => [tone, reference])).toEqual([
    ['bad', 'e_00000001'],
    ['bad', null],
  ])
})

test('undo takes back the newest, once, and is refused when there is nothing', () => {
  const done: string[] = []
  offerUndo('one', () => done.push('one'))
  offerUndo('two', () => done.push('two'))
  say('three')
  expect([undo(), undo(), undo()]).toEqual([true, true, false])
  expect(done).toEqual(['two', 'one'])
  expect(messages()).toEqual(['three'])
})
