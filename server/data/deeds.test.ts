// What a kernel's rows of the record say that it did.
import { describe, expect, test } from 'vitest'
import { deedsOf } from './deeds.ts'
import { predicted, prediction, prompt, save, search, unasked, unread, unsaved, unscored, write, wrote } from './testing/rows.ts'

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

  test('of predictions by their rows, of what was saved by its kind and size', () => {
    const rows = [prediction(9, 40), save(8, 'picture', 512), prediction(7, 2), save(6, 'table', 1024), save(5, 'picture', 512)]
    expect(deedsOf(rows, new Map([predicted(7, 'complete')]))).toEqual([
      { what: 'prediction', text: 'Gave the deployed model “delays” 42 rows to score', times: 2, at: 90 },
      { what: 'save', text: 'Saved pictures of 1 KB as artefacts', times: 2, at: 80 },
      { what: 'save', text: 'Saved tables of 1 KB as artefacts', times: 1, at: 60 },
    ])
    expect(deedsOf([prediction(9, 40)], new Map([predicted(9, 'failed')]))).toEqual([])
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
    const refused = [unread('ungranted', 'log'), unasked('quota'), unscored('label'), unsaved('room')]
    const rows = [write(9, 'append', 'log'), write(8, 'append', 'log'), ...refused]
    expect(deedsOf(rows, new Map([wrote(8, 'log', 0, 'cut')]))).toEqual([])
  })
})
