// What a shell event or a closed channel means for an opened notebook. Pure: the shell does what is named here.
import type { ShellEvent } from '#protocol/api.ts'
import { CLOSE } from '#protocol/close.ts'
import type { PersonId } from '#protocol/ids.ts'
import type { Phase } from '#protocol/runner.ts'
import { isHeld, openedOf, type Session, type SessionEvent } from '../features/notebook/session.ts'
import type { KernelNews } from '../net/kernelChannel.ts'

export type Reaction =
  | { readonly type: 'apply'; readonly event: SessionEvent }
  | { readonly type: 'open' } // ask the server again: as editor where one may, else as reader
  | { readonly type: 'lose'; readonly to: string | null } // somebody else edits: what is written goes first, then as reader
  | { readonly type: 'last-save' } // its kernel ends in a moment
  | { readonly type: 'leave' } // frame and channel go
  | { readonly type: 'sign-out' }
  | { readonly type: 'tell'; readonly message: string }

const apply = (event: SessionEvent): Reaction => ({ type: 'apply', event })

/** What an event does to one session; events of other kernels and notebooks do nothing. */
export function onShellEvent(
  session: Session,
  event: ShellEvent,
  notebook: string,
  me: PersonId,
  now: number,
): readonly Reaction[] {
  if (!('notebook' in event) || event.notebook !== notebook) return []
  const opened = openedOf(session)
  if ('kernel' in event && event.kernel !== opened?.kernel) return []
  switch (event.type) {
    case 'phase':
      return onPhase(event.phase, now)
    case 'usage':
      return [apply({ type: 'usage', usage: event.usage })]
    case 'label':
      return [apply({ type: 'label', label: event.label })]
    case 'idle-warning':
      return [] // the banner counts for itself; a tab behind is told in passing (sessions.ts)
    case 'kernel-ending':
      return opened?.mode === 'edit' ? [{ type: 'last-save' }] : []
    case 'saved':
      return [apply(opened?.mode === 'edit' ? { type: 'saved', at: event.at } : { type: 'newer' })]
    case 'version-waits':
      return [apply({ type: 'waits' })]
    case 'save-refused':
      return opened?.mode !== 'edit' ? [] : [apply({ type: 'save-refused', message: event.message, id: event.id })]
    case 'lease':
      return onLease(session, event.holder, me)
    case 'lease-asked': {
      const asked: SessionEvent = { type: 'ask', ask: { state: 'asked', by: event.by.name, answerBy: event.answerBy } }
      return session.view.at === 'opening' || (isHeld(session) && opened?.mode === 'edit') ? [apply(asked)] : []
    }
    case 'lease-refused':
      return opened?.mode === 'run' ? [apply({ type: 'ask', ask: { state: 'kept' } })] : []
    case 'lease-granted':
      return isHeld(session) && opened?.mode === 'run' ? [{ type: 'open' }] : []
    case 'lease-lost':
      return isHeld(session) && opened?.mode === 'edit' ? [{ type: 'lose', to: event.to.name }] : []
  }
}

function onPhase(phase: Phase, now: number): readonly Reaction[] {
  return [apply({ type: 'phase', phase, now })]
}

function onLease(session: Session, holder: { id: PersonId; name: string } | null, me: PersonId): readonly Reaction[] {
  const editor = apply({ type: 'editor', editor: holder && { person: holder.id, name: holder.name } })
  const answered = session.ask.state === 'asked' && holder?.id !== me
  return answered ? [editor, apply({ type: 'ask', ask: { state: 'none' } })] : [editor]
}

/** What becomes of a kernel channel. A drop it comes back from by itself is the connection banner's affair. */
export function onKernelNews(news: KernelNews): readonly Reaction[] {
  if (news.type === 'reopened') return [{ type: 'tell', message: CLOSE.gap.text }, { type: 'open' }]
  return news.type === 'closed' ? onClose(news) : []
}

function onClose({ reason, detail, id }: Extract<KernelNews, { type: 'closed' }>): readonly Reaction[] {
  const { next, text } = CLOSE[reason]
  if (reason === 'leaseLost') return [{ type: 'lose', to: null }]
  switch (next) {
    case 'takeBack':
      return [{ type: 'leave' }, apply({ type: 'moved' })]
    case 'signIn':
      return [{ type: 'sign-out' }]
    case 'reopen':
      return [{ type: 'tell', message: text }, { type: 'open' }]
    case 'stop':
      return [apply({ type: 'ended', ending: { cause: 'revoked', message: detail ?? text, id: id ?? null } })]
    case 'restart':
    case 'retry':
      return [apply({ type: 'ended', ending: { cause: 'lost', message: detail ?? text, id: id ?? null } })]
  }
}
