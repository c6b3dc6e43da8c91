// One opened notebook, as the page sees it: a pure reducer over what the server, the frame and the person do.
// Effects (opening, closing, sending) are the shell's: see shell/sessions.ts.
import type { Opened, Refusal } from '#protocol/api.ts'
import { KERNEL } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import type { Profile } from '#protocol/policy/profile.ts'
import type { Cause, Phase, Usage } from '#protocol/runner.ts'
import { type CellNews, heard, NO_RUN, type Run } from './progress.ts'

export type View =
  | { readonly at: 'opening'; readonly since: number }
  | { readonly at: 'loading'; readonly since: number; readonly opened: Opened } // a kernel is there or starting; nothing on screen yet
  | { readonly at: 'shown'; readonly opened: Opened } // the frame has rendered
  | { readonly at: 'ended'; readonly opened: Opened; readonly ending: Ending; readonly rendered: boolean }
  | { readonly at: 'moved'; readonly opened: Opened } // another tab of the same person holds it
  | { readonly at: 'refused'; readonly refusal: Refusal }
  | { readonly at: 'asleep' } // the tab is there, its frame was let go

export type Ending = { readonly cause: Cause | 'revoked' | 'lost'; readonly message: string; readonly id: string | null }
export type Save =
  | { readonly state: 'none' }
  | { readonly state: 'saving' }
  | { readonly state: 'saved'; readonly at: number }
  | { readonly state: 'refused'; readonly message: string; readonly id: string }
export type Ask =
  | { readonly state: 'none' }
  | { readonly state: 'asking'; readonly answerBy: number } // I asked for the lease
  | { readonly state: 'asked'; readonly by: string; readonly answerBy: number } // somebody asks me
  | { readonly state: 'kept' } // I asked and was told no
  | { readonly state: 'lost'; readonly to: string | null; readonly written: Written }

/** What became of what had been written when the lease was lost; `waiting`: it becomes a draft when there is a connection. */
export type Written = 'saved' | 'draft' | 'waiting' | 'unknown'

export type Session = {
  readonly view: View
  readonly phase: Phase | null
  readonly phaseSince: number
  readonly usage: Usage | null
  readonly label: Label | null // what the kernel counts as
  readonly run: Run // a reader's
  readonly save: Save
  readonly ask: Ask
  readonly newer: boolean // a version was saved after the one that a reader looks at
  readonly still: boolean // a reader's notebook that was opened without running and has not run
  readonly preview: Profile | null // as whom it is previewed; null: it is not
  readonly died: Ending | null // how its last life here was ended by what ran in it: the reason for standing still
}

export type SessionEvent =
  | { readonly type: 'open'; readonly now: number; readonly preview?: Profile | null } // without a word on it, as before
  | { readonly type: 'opened'; readonly opened: Opened; readonly now: number }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'rendered' }
  | { readonly type: 'phase'; readonly phase: Phase; readonly now: number }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'label'; readonly label: Label }
  | { readonly type: 'saving' }
  | { readonly type: 'saved'; readonly at: number }
  | { readonly type: 'drafted' }
  | { readonly type: 'newer' }
  | { readonly type: 'waits' } // there is a newer version, which is not for this person
  | { readonly type: 'running' } // a reader's notebook has begun to run
  | { readonly type: 'not-running' } // it was asked to and did not
  | { readonly type: 'cell'; readonly news: CellNews } // of a reader's notebook
  | { readonly type: 'save-refused'; readonly message: string; readonly id: string }
  | { readonly type: 'renamed'; readonly name: string }
  | { readonly type: 'editor'; readonly editor: Opened['notebook']['editor'] }
  | { readonly type: 'moved' }
  | { readonly type: 'ended'; readonly ending: Ending }
  | { readonly type: 'ask'; readonly ask: Ask }
  | { readonly type: 'sleep' }

export const ASLEEP: Session = {
  view: { at: 'asleep' },
  phase: null,
  phaseSince: 0,
  usage: null,
  label: null,
  run: NO_RUN,
  save: { state: 'none' },
  ask: { state: 'none' },
  newer: false,
  still: false,
  preview: null,
  died: null,
}

export function step(session: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'open':
      return opening(session, event)
    case 'opened':
      return answered(session, event)
    case 'refused':
      return { ...session, view: { at: 'refused', refusal: event.refusal } }
    case 'rendered':
      return session.view.at === 'loading' ? { ...session, view: { at: 'shown', opened: session.view.opened } } : session
    case 'phase':
      return atPhase(session, event.phase, event.now)
    case 'usage':
      return { ...session, usage: event.usage }
    case 'label':
      return { ...session, label: event.label }
    case 'saving':
      return { ...session, save: { state: 'saving' } }
    case 'saved':
      return { ...session, save: { state: 'saved', at: event.at } }
    case 'drafted':
      return { ...session, save: { state: 'none' } }
    case 'newer':
      return { ...session, newer: true }
    case 'waits':
      return withNotebook(session, { sees: 'older' })
    case 'running':
      return session.still ? { ...session, still: false } : session
    case 'not-running':
      return { ...session, still: true }
    case 'cell':
      return ran(session, heard(session.run, event.news))
    case 'save-refused':
      return { ...session, save: { state: 'refused', message: event.message, id: event.id } }
    case 'renamed':
      return withNotebook(session, { name: event.name })
    case 'editor':
      return withNotebook(session, { editor: event.editor })
    case 'moved':
      return moved(session, openedOf(session))
    case 'ended':
      return end(session, event.ending)
    case 'ask':
      return { ...session, ask: event.ask }
    case 'sleep':
      return { ...session, view: { at: 'asleep' } }
  }
}

const opening = (session: Session, { now, preview = session.preview }: Extract<SessionEvent, { type: 'open' }>): Session => ({
  ...ASLEEP,
  ask: lostStays(session.ask),
  died: diedIn(session),
  preview,
  view: { at: 'opening', since: now },
})

function answered(session: Session, { opened, now }: Extract<SessionEvent, { type: 'opened' }>): Session {
  const { mode, autorun, phase, label } = opened
  const view: View = { at: 'loading', since: session.view.at === 'opening' ? session.view.since : now, opened }
  const ask = askedIn(session.ask, mode)
  return atPhase({ ...session, view, ask, label, still: mode === 'run' && !autorun }, phase, now)
}

const moved = (session: Session, opened: Opened | null): Session =>
  opened ? { ...session, view: { at: 'moved', opened } } : session

const ran = (session: Session, run: Run): Session => (run === session.run ? session : { ...session, run })

function diedIn({ view }: Session): Ending | null {
  return view.at === 'ended' && diedRunning(view.ending) ? view.ending : null
}

/** Losing the lease is told until it is read, across the reopening as a reader that follows. */
const lostStays = (ask: Ask): Ask => (ask.state === 'lost' ? ask : { state: 'none' })

/** Who edits again has not lost it any more; a reader is asked nothing. */
function askedIn(ask: Ask, mode: Opened['mode']): Ask {
  const stale = mode === 'edit' ? ask.state === 'lost' : ask.state === 'asked'
  return stale ? { state: 'none' } : ask
}

function atPhase(session: Session, phase: Phase, now: number): Session {
  const next = { ...session, phase, phaseSince: sameStep(session.phase, phase) ? session.phaseSince : now }
  if (phase.phase !== 'exited') return next
  return end(next, { cause: phase.cause, message: phase.message, id: null })
}

function end(session: Session, ending: Ending): Session {
  const { view } = session
  if (view.at === 'ended') return { ...session, view: { ...view, ending: clearer(view.ending, ending) } }
  if (view.at !== 'loading' && view.at !== 'shown') return session
  return {
    ...session,
    usage: null,
    view: { at: 'ended', opened: view.opened, ending, rendered: view.at === 'shown' },
  }
}

/** Two words on one end: the cause the runner names wins over a closed channel's "it has gone"; an id is kept from either. */
function clearer(known: Ending, later: Ending): Ending {
  return { ...(known.cause === 'lost' ? later : known), id: known.id ?? later.id }
}

const sameStep = (a: Phase | null, b: Phase): boolean =>
  a !== null && a.phase === b.phase && (a.phase !== 'starting' || b.phase !== 'starting' || a.step === b.step)

/** Is there anything of the notebook to see, or about to be? Else its frame is kept from eye and ear. */
export function isVisible({ view }: Session): boolean {
  return view.at === 'loading' || view.at === 'shown' || outlived(view) !== null
}

const UNSEEN: ReadonlySet<Ending['cause']> = new Set(['withdrawn', 'revoked'])

/** The end of a kernel whose outputs still stand: not where they show what may not be seen any more. */
export const outlived = (view: View): Ending | null =>
  view.at === 'ended' && view.rendered && !UNSEEN.has(view.ending.cause) ? view.ending : null

/** Is a kernel there, or on its way? */
export const isAlive = ({ view }: Session): boolean => view.at === 'loading' || view.at === 'shown'

/** Does this tab hold the notebook, on the screen or on its way there? Not one that sleeps or was taken over by another tab. */
export function isHeld({ view }: Session): boolean {
  return view.at === 'loading' || view.at === 'shown' || view.at === 'ended'
}

/** Is there something in the page that a person may have written and not saved? */
export function mayBeUnsaved({ view }: Session): boolean {
  return (view.at === 'shown' || (view.at === 'ended' && view.rendered)) && view.opened.mode === 'edit'
}

export function openedOf(session: Session): Opened | null {
  return 'opened' in session.view ? session.view.opened : null
}

function withNotebook(session: Session, change: Partial<Opened['notebook']>): Session {
  if (!('opened' in session.view)) return session
  const { opened } = session.view
  return { ...session, view: { ...session.view, opened: { ...opened, notebook: { ...opened.notebook, ...change } } } }
}

/** What a person can quote of an end; nobody asks after one that was wished for, or that the clock brought. */
export const quotable = ({ cause, id }: Ending): string | null => (FAILED.has(cause) || cause === 'revoked' ? id : null)

/** Ended by what ran in it: running the same again would end it again. */
export const diedRunning = ({ cause }: Ending): boolean =>
  cause === 'crashed' || cause === 'memory' || cause === 'scratch' || cause === 'start-failed'

/** The words on an end, with the limit that was met: its value stands beside the cause. */
export function endingWords({ cause, message }: Ending, mode: Opened['mode']): string {
  const minutes = (mode === 'edit' ? KERNEL.idleEdit : KERNEL.idleRun) / 60_000
  if (cause === 'idle') return `${message} The limit is ${minutes} minutes without use.`
  if (cause !== 'unattended') return message
  return `${message} The limit without an open view is ${mode === 'edit' ? `${KERNEL.unattendedRun / 3_600_000} hours` : `${KERNEL.readerGrace / 1000} seconds`}.`
}

export type KernelWord = 'starting' | 'ready' | 'running' | 'stopped' | 'failed'

const FAILED: ReadonlySet<string> = new Set(['memory', 'scratch', 'crashed', 'start-failed', 'runner-lost', 'lost'])

/** The state of the kernel in one word: the text of the status named "Kernel". */
export function kernelWord(session: Session): KernelWord {
  const { view, phase } = session
  if (view.at === 'refused') return 'failed'
  if (view.at === 'ended') return FAILED.has(view.ending.cause) ? 'failed' : 'stopped'
  if (view.at === 'asleep' || view.at === 'moved') return 'stopped'
  if (view.at === 'opening' || phase?.phase !== 'ready') return 'starting'
  return session.usage?.busy ? 'running' : 'ready'
}
