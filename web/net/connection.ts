// The life of the tab's one connection, as a pure reducer. socket.ts does what the effects say.
//
//   connecting -- welcome --> open -- lost --> connecting (at once) -- lost --> waiting -- elapsed --> connecting …
//   any -- a code that says so --> signedOut | gaveUp          any -- stop --> stopped
import { CLOSE, type CloseName } from '#protocol/close.ts'

export type Connection =
  | { readonly at: 'connecting'; readonly attempt: number } // attempts since it was last open
  | { readonly at: 'open' }
  | { readonly at: 'waiting'; readonly attempt: number; readonly delay: number }
  | { readonly at: 'signedOut' }
  | { readonly at: 'gaveUp'; readonly reason: CloseName }
  | { readonly at: 'stopped' }

export type ConnectionEvent =
  | { readonly type: 'start' } // by the person's act too: try again now
  | { readonly type: 'welcome' }
  | { readonly type: 'ended'; readonly reason: CloseName | 'lost' }
  | { readonly type: 'elapsed' }
  | { readonly type: 'noBearer' } // the sign-in is over
  | { readonly type: 'stop' }

export type Effect = { readonly type: 'dial' } | { readonly type: 'wait'; readonly ms: number } | { readonly type: 'hangUp' }
export type Step = readonly [Connection, readonly Effect[]]

export const BACKOFF = { first: 250, most: 15_000 } as const // ms

/** `chance`: 0 to 1; half of each delay is jitter, so that a restarted server is not met by everybody at once. */
export function backoff(attempt: number, chance: number): number {
  const full = Math.min(BACKOFF.most, BACKOFF.first * 2 ** Math.max(0, attempt - 1))
  return attempt === 0 ? 0 : Math.round(full * (0.5 + chance / 2))
}

export function step(now: Connection, event: ConnectionEvent, chance: number): Step {
  switch (event.type) {
    case 'start':
      return now.at === 'connecting' || now.at === 'open' ? [now, []] : [{ at: 'connecting', attempt: 0 }, [{ type: 'dial' }]]
    case 'elapsed':
      return now.at === 'waiting' ? [{ at: 'connecting', attempt: now.attempt }, [{ type: 'dial' }]] : [now, []]
    case 'welcome':
      return now.at === 'connecting' ? [{ at: 'open' }, []] : [now, []]
    case 'noBearer':
      return ended(now) ? [now, []] : [{ at: 'signedOut' }, [{ type: 'hangUp' }]]
    case 'stop':
      return [{ at: 'stopped' }, [{ type: 'hangUp' }]]
    case 'ended':
      return afterEnd(now, event.reason, chance)
  }
}

const ended = (now: Connection): boolean => now.at === 'stopped' || now.at === 'signedOut' || now.at === 'gaveUp'

function afterEnd(now: Connection, reason: CloseName | 'lost', chance: number): Step {
  if (now.at !== 'connecting' && now.at !== 'open') return [now, []]
  const next = reason === 'lost' ? 'retry' : CLOSE[reason].next
  if (next === 'signIn') return [{ at: 'signedOut' }, []]
  if (next !== 'retry' && next !== 'reopen' && reason !== 'lost') return [{ at: 'gaveUp', reason }, []]
  if (now.at === 'open') return [{ at: 'connecting', attempt: 0 }, [{ type: 'dial' }]]
  const attempt = now.attempt + 1
  const delay = backoff(attempt, chance)
  return [{ at: 'waiting', attempt, delay }, [{ type: 'wait', ms: delay }]]
}
