import { expect, test } from 'vitest'
import type { Opened, ShellEvent } from '#protocol/api.ts'
import { CLOSE, CLOSE_NAMES } from '#protocol/close.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { ASLEEP, type Session, step } from '../features/notebook/session.ts'
import { onKernelNews, onShellEvent } from './reactions.ts'
import { notebookOf } from './testing/notebook.ts'

const NOTEBOOK = 'n_00000001'
const ME = 'p_00000001'
const OTHER = { id: 'p_00000002', name: 'Analyst' }
const opened = (mode: 'edit' | 'run'): Opened => ({
  notebook: notebookOf(OTHER),
  kernel: 'k_00000001',
  mode,
  source: null,
  phase: { phase: 'ready', level: 3 },
  autorun: true,
  restricted: false,
  label: LOWEST,
})
const session = (mode: 'edit' | 'run' = 'edit'): Session =>
  step(step(ASLEEP, { type: 'open', now: 1 }), { type: 'opened', opened: opened(mode), now: 2 })
const react = (event: ShellEvent, state = session()) => onShellEvent(state, event, NOTEBOOK, ME, 100)

test('a kernel that counts higher is told to the page of that kernel', () => {
  const label = { level: 'secret', markings: [] } as const
  const event = { type: 'label', notebook: NOTEBOOK, kernel: 'k_00000001', label } as const
  expect(react(event)).toEqual([{ type: 'apply', event: { type: 'label', label } }])
  expect(react({ ...event, kernel: 'k_00000009' })).toEqual([])
})

test('an event of another notebook, or of a kernel that is not this one’s any more, does nothing', () => {
  expect(react({ type: 'saved', notebook: 'n_00000002', at: 1, version: 'v_00000001' })).toEqual([])
  const phase = { phase: 'exited', cause: 'stopped', message: 'x' } as const
  expect(react({ type: 'phase', notebook: NOTEBOOK, kernel: 'k_00000009', phase })).toEqual([])
  expect(react({ type: 'phase', notebook: NOTEBOOK, kernel: 'k_00000001', phase })).toHaveLength(1)
  expect(react({ type: 'notebooks-changed' })).toEqual([])
})

test('only the editor is asked for the lease, and only the asker opens again when it is given', () => {
  const asked: ShellEvent = { type: 'lease-asked', notebook: NOTEBOOK, by: OTHER, answerBy: 15 }
  expect(react(asked)).toEqual([{ type: 'apply', event: { type: 'ask', ask: { state: 'asked', by: 'Analyst', answerBy: 15 } } }])
  expect(react(asked, session('run'))).toEqual([])
  const granted: ShellEvent = { type: 'lease-granted', notebook: NOTEBOOK }
  expect(react(granted, session('run'))).toEqual([{ type: 'open' }])
  expect(react(granted)).toEqual([])
})

test('who loses the lease leaves once, as the editor that this tab holds', () => {
  const lost: ShellEvent = { type: 'lease-lost', notebook: NOTEBOOK, to: OTHER, draft: null }
  expect(react(lost)).toEqual([{ type: 'lose', to: 'Analyst' }])
  expect(react(lost, step(session(), { type: 'open', now: 5 }))).toEqual([])
  expect(react(lost, session('run'))).toEqual([])
  expect(onKernelNews({ type: 'closed', reason: 'leaseLost' })).toEqual([{ type: 'lose', to: null }])
})

test('a tab that sleeps or was taken over by another is moved by nothing that happens to the lease', () => {
  const events: ShellEvent[] = [
    { type: 'lease-lost', notebook: NOTEBOOK, to: OTHER, draft: null },
    { type: 'lease-granted', notebook: NOTEBOOK },
    { type: 'lease-asked', notebook: NOTEBOOK, by: OTHER, answerBy: 15 },
  ]
  for (const event of events)
    for (const mode of ['edit', 'run'] as const)
      for (const away of [step(session(mode), { type: 'moved' }), step(session(mode), { type: 'sleep' })])
        expect(react(event, away)).toEqual([])
})

test('a page loaded anew is asked again while it opens', () => {
  const asked: ShellEvent = { type: 'lease-asked', notebook: NOTEBOOK, by: OTHER, answerBy: 15 }
  expect(react(asked, step(ASLEEP, { type: 'open', now: 1 }))).toHaveLength(1)
})

test('a save is the editor’s own; to a reader it is a newer version', () => {
  const saved: ShellEvent = { type: 'saved', notebook: NOTEBOOK, at: 9, version: 'v_00000001' }
  expect(react(saved)).toEqual([{ type: 'apply', event: { type: 'saved', at: 9 } }])
  expect(react(saved, session('run'))).toEqual([{ type: 'apply', event: { type: 'newer' } }])
  expect(react({ type: 'save-refused', notebook: NOTEBOOK, message: 'x', id: 'e_00000001' }, session('run'))).toEqual([])
})

test('a kernel that ends in a moment has its editor save; a reader has nothing to save', () => {
  const ending: ShellEvent = { type: 'kernel-ending', kernel: 'k_00000001', notebook: NOTEBOOK, within: 1000 }
  expect(react(ending)).toEqual([{ type: 'last-save' }])
  expect(react(ending, session('run'))).toEqual([])
  expect(react({ ...ending, kernel: 'k_00000009' })).toEqual([])
})

test('the question goes away when the lease is somebody else’s', () => {
  const asked = step(session(), { type: 'ask', ask: { state: 'asked', by: 'Analyst', answerBy: 15 } })
  const types = (holder: typeof OTHER) => react({ type: 'lease', notebook: NOTEBOOK, holder }, asked).length
  expect(types(OTHER)).toBe(2)
  expect(types({ id: ME, name: 'Owner' })).toBe(1)
})

test('every way a kernel channel can close leads somewhere', () => {
  for (const reason of CLOSE_NAMES) expect(onKernelNews({ type: 'closed', reason })).not.toHaveLength(0)
  expect(onKernelNews({ type: 'closed', reason: 'moved' })).toEqual([
    { type: 'leave' },
    { type: 'apply', event: { type: 'moved' } },
  ])
  expect(onKernelNews({ type: 'closed', reason: 'unauthenticated' })).toEqual([{ type: 'sign-out' }])
  expect(onKernelNews({ type: 'closed', reason: 'revoked' })).toMatchObject([
    { event: { ending: { cause: 'revoked', message: CLOSE.revoked.text, id: null } } },
  ])
})

test('a drop that comes back is no news; a new stream loads the notebook again and says so', () => {
  expect(onKernelNews({ type: 'lost' })).toEqual([])
  expect(onKernelNews({ type: 'resumed' })).toEqual([])
  expect(onKernelNews({ type: 'reopened' })).toEqual([{ type: 'tell', message: CLOSE.gap.text }, { type: 'open' }])
})

test('a newer version that is not for this person is said until one is', () => {
  const waits = react({ type: 'version-waits', notebook: NOTEBOOK }, session('run'))
  expect(waits).toEqual([{ type: 'apply', event: { type: 'waits' } }])
  const waiting = step(session('run'), { type: 'waits' })
  expect(waiting.view).toMatchObject({ opened: { notebook: { sees: 'older' } } })
  const newer = { type: 'saved', notebook: NOTEBOOK, at: 1, version: 'v_00000001' } as const
  expect(react(newer, waiting)).toEqual([{ type: 'apply', event: { type: 'newer' } }])
})
