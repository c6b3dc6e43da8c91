// What a kernel's rows of the record say that it was refused, and what to do.
import { describe, expect, test } from 'vitest'
import { ARTEFACT_DENIALS, type AuditRow, DENIALS, INFERENCE_DENIALS, MODEL_DENIALS, WRITE_DENIALS } from '../seams/audit.ts'
import type { Ends } from './deeds.ts'
import { refusalOf } from './refusals.ts'
import {
  barred,
  NONE,
  predicted,
  prediction,
  prompt,
  save,
  search,
  unasked,
  unread,
  unsaved,
  unscored,
  unwritten,
  write,
  wrote,
} from './testing/rows.ts'

describe('what was refused', () => {
  const said = (one: AuditRow, ends: Ends = NONE) => refusalOf(one, ends)

  test('each has a sentence of its own with what to do; none speaks of what was allowed', () => {
    const all = [
      ...DENIALS.map((why) => said(unread(why, 'log'))),
      ...WRITE_DENIALS.map((why) => said(unwritten(why, 'append', 'log'))),
      ...MODEL_DENIALS.map((why) => said(unasked(why))),
      ...INFERENCE_DENIALS.map((why) => said(unscored(why))),
      ...ARTEFACT_DENIALS.map((why) => said(unsaved(why))),
    ]
    const texts = all.map((one) => one?.text ?? '')
    expect(new Set(texts).size).toBe(texts.length - 4) // a table is closed to reads and writes alike
    for (const text of texts)
      expect(text).toMatch(/Ask|ask |Run the cell|describe|Name fewer|shorten|Set max_tokens|Change it|[Tt]he error|tell/)
    const allowed = [prompt(1, 1), search(1, 1), write(1, 'append', 'log'), prediction(1, 1), save(1, 'file', 1)]
    expect(allowed.map((one) => said(one))).toEqual(allowed.map(() => null))
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

  test('a prediction that failed, and what a reader’s kernel may not ask', () => {
    const failed = said(prediction(1, 1), new Map([predicted(1, 'failed')]))
    expect(failed).toMatchObject({ what: 'prediction', model: 'delays', text: expect.stringContaining('failed to score') })
    const calls = ['tables.write', 'artefacts.save'] as const
    expect(calls.map((call) => said(barred(call)))).toMatchObject([
      { what: 'write', text: expect.stringContaining('so tables.write was refused. Ask its author') },
      { what: 'save', text: expect.stringContaining('so artefacts.save was refused. Ask its author') },
    ])
  })
})
