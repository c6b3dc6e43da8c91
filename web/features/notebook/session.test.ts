import { expect, test } from 'vitest'
import type { Opened } from '#protocol/api.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Phase } from '#protocol/runner.ts'
import { progressOf } from './progress.ts'
import {
  ASLEEP,
  type Ending,
  endingWords,
  isVisible,
  kernelWord,
  mayBeUnsaved,
  openedOf,
  quotable,
  type Session,
  type SessionEvent,
  step,
} from './session.ts'

const opened = (phase: Phase, mode: 'edit' | 'run' = 'edit'): Opened => ({
  notebook: {
    id: 'n_00000001',
    name: 'flights',
    author: { id: 'p_00000001', name: 'Owner' },
    mine: true,
    rights: 'author',
    updated: 0,
    bytes: 1,
    cells: 1,
    sees: 'newest',
    editor: null,
    trashed: null,
    named: false,
    shares: null,
  },
  kernel: 'k_00000001',
  mode,
  source: null,
  phase,
  autorun: true,
  restricted: false,
  label: LOWEST,
})
const READY: Phase = { phase: 'ready', level: 3 }
const play = (...events: SessionEvent[]): Session => events.reduce(step, ASLEEP)
const open = (phase: Phase = READY): SessionEvent[] => [
  { type: 'open', now: 10 },
  { type: 'opened', opened: opened(phase), now: 20 },
]
const usage = (busy: boolean): SessionEvent => ({ type: 'usage', usage: { memory: 1, cpu: 0, busy, idleSince: busy ? null : 5 } })
const died: Phase = { phase: 'exited', cause: 'memory', message: 'The kernel used more than 2 GB.' }

test('the word of the kernel follows its life', () => {
  expect(kernelWord(play({ type: 'open', now: 1 }))).toBe('starting')
  expect(kernelWord(play(...open({ phase: 'starting', step: 'python' })))).toBe('starting')
  expect(kernelWord(play(...open()))).toBe('ready')
  expect(kernelWord(play(...open(), usage(true)))).toBe('running')
  expect(kernelWord(play(...open(), { type: 'phase', phase: died, now: 30 }))).toBe('failed')
  expect(kernelWord(play(...open(), { type: 'phase', phase: { ...died, cause: 'idle' }, now: 30 }))).toBe('stopped')
})

test('a reader’s run is counted from what its cells say, the label is the latest, and both begin anew with the next opening', () => {
  const label = { level: 'confidential', markings: ['PERSONAL'] } as const
  const said = (cell: string, ended: boolean): SessionEvent => ({ type: 'cell', news: { cell, run: 'r', ended } })
  const running = play(...open(), said('a', false), said('b', false), { type: 'label', label }, said('a', true))
  expect(progressOf(running.run)).toEqual({ done: 1, of: 2 })
  expect([play(...open()).label, running.label]).toEqual([LOWEST, label])
  expect(step(running, said('a', true))).toBe(running)
  const again = open().reduce(step, running)
  expect([progressOf(again.run), again.label]).toEqual([null, LOWEST])
})

test('a start step keeps the time it began; the next one has its own', () => {
  const starting = play(...open({ phase: 'starting', step: 'sandbox' }))
  const again = step(starting, { type: 'phase', phase: { phase: 'starting', step: 'sandbox' }, now: 90 })
  expect(again.phaseSince).toBe(20)
  expect(step(again, { type: 'phase', phase: { phase: 'starting', step: 'python' }, now: 95 }).phaseSince).toBe(95)
})

test('what was on the screen stays readable after the kernel has ended', () => {
  const session = play(...open(), { type: 'rendered' }, { type: 'phase', phase: died, now: 30 })
  expect(session.view).toMatchObject({ at: 'ended', rendered: true, ending: { cause: 'memory' } })
  expect(openedOf(session)?.notebook.name).toBe('flights')
})

test('the cause that came first is kept; a later close only adds its id', () => {
  const session = play(
    ...open(),
    { type: 'phase', phase: died, now: 30 },
    { type: 'ended', ending: { cause: 'lost', message: 'x', id: 'e_00000001' } },
  )
  expect(session.view).toMatchObject({ at: 'ended', ending: { cause: 'memory', id: 'e_00000001' } })
})

test('a closed channel that came first gives way to the cause', () => {
  const gone: SessionEvent = { type: 'ended', ending: { cause: 'lost', message: 'It has gone.', id: 'e_00000001' } }
  const session = play(...open(), gone, { type: 'phase', phase: died, now: 30 })
  expect(session.view).toMatchObject({
    at: 'ended',
    ending: { cause: 'memory', message: died.phase === 'exited' ? died.message : '', id: 'e_00000001' },
  })
})

test('a late event of a refused or sleeping notebook changes nothing on the screen', () => {
  const refused = play({ type: 'open', now: 1 }, { type: 'refused', refusal: { code: 'x', message: 'y', id: 'e_00000001' } })
  expect(step(refused, { type: 'rendered' })).toBe(refused)
  expect(step(refused, { type: 'moved' })).toBe(refused)
  expect(step(refused, { type: 'phase', phase: died, now: 9 }).view).toBe(refused.view)
})

test('opening again forgets the last life, but not that the lease was lost', () => {
  const lost = { state: 'lost', to: 'Analyst', written: 'draft' } as const
  const before = play(...open(), { type: 'ask', ask: lost }, { type: 'saved', at: 5 }, usage(true))
  const again = step(before, { type: 'open', now: 50 })
  expect(again).toMatchObject({ save: { state: 'none' }, usage: null, ask: lost, view: { at: 'opening', since: 50 } })
  const asked = step(play(...open(), { type: 'ask', ask: { state: 'kept' } }), { type: 'open', now: 50 })
  expect(asked.ask.state).toBe('none')
})

test('who edits again has not lost it any more; a reader is asked nothing', () => {
  const lost: SessionEvent = { type: 'ask', ask: { state: 'lost', to: 'Analyst', written: 'saved' } }
  const asked: SessionEvent = { type: 'ask', ask: { state: 'asked', by: 'Analyst', answerBy: 15 } }
  const opens = (mode: 'edit' | 'run'): SessionEvent => ({ type: 'opened', opened: opened(READY, mode), now: 60 })
  const after = (ask: SessionEvent, mode: 'edit' | 'run') => play({ type: 'open', now: 50 }, ask, opens(mode)).ask.state
  expect([after(lost, 'run'), after(lost, 'edit')]).toEqual(['lost', 'none'])
  expect([after(asked, 'run'), after(asked, 'edit')]).toEqual(['none', 'asked'])
})

test('a reader’s notebook opened without running stands still until the first cell is heard of', () => {
  const still = play({ type: 'open', now: 1 }, { type: 'opened', opened: { ...opened(READY, 'run'), autorun: false }, now: 2 })
  expect(still.still).toBe(true)
  expect(step(still, { type: 'running' }).still).toBe(false)
  expect(play({ type: 'open', now: 1 }, { type: 'opened', opened: { ...opened(READY), autorun: false }, now: 2 }).still).toBe(
    false,
  )
})

test('a life that what ran in it ended is the reason for the next one to stand still; a shut-down is not', () => {
  const after = (cause: 'crashed' | 'stopped') =>
    play(...open(), { type: 'phase', phase: { phase: 'exited', cause, message: 'x' }, now: 30 }, { type: 'open', now: 40 }).died
  expect(after('crashed')).toMatchObject({ cause: 'crashed', message: 'x' })
  expect(after('stopped')).toBeNull()
})

test('what a kernel showed is blanked where its person may not see it any more, and can still be saved', () => {
  const ended = (cause: 'withdrawn' | 'revoked' | 'stopped') =>
    play(...open(), { type: 'rendered' }, { type: 'phase', phase: { phase: 'exited', cause, message: 'x' }, now: 30 })
  expect([isVisible(ended('stopped')), isVisible(ended('withdrawn')), isVisible(ended('revoked'))]).toEqual([true, false, false])
  expect(mayBeUnsaved(ended('withdrawn'))).toBe(true)
  expect(kernelWord(ended('withdrawn'))).toBe('stopped')
})

test('what may be unsaved is an editor’s page that is, or was, on the screen', () => {
  expect(mayBeUnsaved(play(...open()))).toBe(false)
  expect(mayBeUnsaved(play(...open(), { type: 'rendered' }))).toBe(true)
  expect(mayBeUnsaved(play(...open(), { type: 'rendered' }, { type: 'phase', phase: died, now: 30 }))).toBe(true)
  const reading: SessionEvent[] = [
    { type: 'open', now: 1 },
    { type: 'opened', opened: opened(READY, 'run'), now: 2 },
  ]
  expect(mayBeUnsaved(play(...reading, { type: 'rendered' }))).toBe(false)
  expect(mayBeUnsaved(play(...open(), { type: 'rendered' }, { type: 'moved' }))).toBe(false)
})

test('an end by a limit of time names its value, by mode', () => {
  const end = (cause: 'idle' | 'unattended' | 'crashed') => ({ cause, message: 'It stopped.', id: null })
  expect(endingWords(end('idle'), 'edit')).toBe('It stopped. The limit is 60 minutes without use.')
  expect(endingWords(end('idle'), 'run')).toContain('10 minutes')
  expect(endingWords(end('unattended'), 'edit')).toContain('4 hours')
  expect(endingWords(end('unattended'), 'run')).toContain('60 seconds')
  expect(endingWords(end('crashed'), 'edit')).toBe('It stopped.')
})

test('a failure can be quoted; what was wished for, or what the clock brought, has nothing to quote', () => {
  const shown = (cause: Ending['cause']) => quotable({ cause, message: 'It stopped.', id: 'e_00000001' })
  expect((['crashed', 'memory', 'lost', 'revoked'] as const).map(shown)).toEqual(Array(4).fill('e_00000001'))
  expect((['stopped', 'idle', 'unattended', 'signed-out'] as const).map(shown)).toEqual(Array(4).fill(null))
})

test('a rename reaches the opened notebook and leaves one that is not open alone', () => {
  expect(openedOf(play(...open(), { type: 'renamed', name: 'b' }))?.notebook.name).toBe('b')
  expect(step(ASLEEP, { type: 'renamed', name: 'b' })).toBe(ASLEEP)
})
