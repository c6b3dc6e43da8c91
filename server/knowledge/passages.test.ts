import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DOCUMENTS } from '#protocol/limits.ts'
import { passagesOf, titleOf } from './passages.ts'

const sentence = (n: number) => `Sentence ${n} says that a rule holds for everybody who reads it.`
const long = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => sentence(from + n)).join(' ')

describe('passages', () => {
  test('a short document is one; an empty one has none', () => {
    expect(passagesOf('A rule.\n\nAnother.', 'plain')).toEqual(['A rule.\n\nAnother.'])
    for (const empty of ['', ' \n\t\n\r\n', '\0']) expect(passagesOf(empty, 'plain')).toEqual([])
  })

  test('each section is by itself, under its heading', () => {
    const text = 'Before.\n\n# Rules\n## Reading ##\nWho reads.\n\n### Writing\n\nWho writes.\n#no heading'
    expect(passagesOf(text, 'markdown')).toEqual(['Before.', 'Reading\n\nWho reads.', 'Writing\n\nWho writes.\n#no heading'])
    expect(passagesOf('# Rules\nWho reads.', 'plain')).toEqual(['# Rules\nWho reads.'])
  })

  test('a line of code is no heading', () => {
    expect(passagesOf('# Code\n```\n# a comment\n```\n## After\nText.', 'markdown')).toEqual([
      'Code\n\n```\n# a comment\n```',
      'After\n\nText.',
    ])
  })

  test('a long section is cut between paragraphs, each part under the heading and with the end of the one before', () => {
    const parts = passagesOf(`# Rules\n\n${long(0, 10)}\n\n${long(10, 20)}\n\n${sentence(20)}`, 'markdown')
    expect(parts).toHaveLength(2)
    expect(parts[0]).toBe(`Rules\n\n${long(0, 10)}`)
    expect(parts[1]).toMatch(/^Rules\n\n.*Sentence 9 says.*reads it\.\n\nSentence 10 says/)
    expect(parts[1]?.endsWith(`${sentence(19)}\n\n${sentence(20)}`)).toBe(true)
  })

  test('a long paragraph is cut after a sentence, a long word anywhere but within a character', () => {
    for (const part of passagesOf(long(0, 40), 'plain')) expect(part).toMatch(/reads it\.$/)
    const faces = passagesOf('😀'.repeat(1000), 'plain')
    expect(faces.length).toBeGreaterThan(1)
    for (const part of faces) expect(part.isWellFormed()).toBe(true)
  })

  test('line ends of all kinds, and no control characters', () => {
    expect(passagesOf('# A\r\none\r\n\r\ntwo\u0007\0\tthree\rfour', 'markdown')).toEqual(['A\n\none\n\ntwo\tthree\nfour'])
  })

  test('whatever the text, none is too long, none is empty, and what is said shortly stands whole in one', () => {
    const words = fc.array(fc.stringMatching(/^[a-z.!é😀]{1,15}$/u), { minLength: 4, maxLength: 400, size: 'max' })
    const paragraphsOf = fc.array(words, { maxLength: 4 })
    fc.assert(
      fc.property(paragraphsOf, fc.constantFrom('markdown' as const, 'plain' as const), (paragraphs, form) => {
        const passages = passagesOf(paragraphs.map((line) => line.join(' ')).join('\n\n'), form)
        for (const passage of passages) {
          expect(passage.length).toBeLessThanOrEqual(DOCUMENTS.passage)
          expect(passage.trim()).not.toBe('')
        }
        const said = paragraphs.flatMap((line) => line.slice(3).map((_, from) => line.slice(from, from + 4).join(' ')))
        expect(said.filter((words) => !passages.some((passage) => passage.includes(words)))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

test('the title is the first heading of the first level', () => {
  expect(titleOf('Before\n## Second\n# The rules #\n# Others')).toBe('The rules')
  expect(titleOf('```\n# code\n```\n## Second')).toBeNull()
  expect(titleOf('')).toBeNull()
})
