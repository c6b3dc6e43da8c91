// The editing lease of one notebook: a pure reducer. One person holds it; without a sign of life it is free for whoever
// wants it. Another editor may ask: the holder answers, or 15 s pass and the answer is yes.
//
//   free --open--> held --ask--> asked --give | 15 s | silence--> held by the asker
//                   ^              └──────── keep ────────> held
import type { PersonId } from '#protocol/ids.ts'
import { LEASE } from '#protocol/limits.ts'

type Held = { readonly holder: PersonId; readonly sign: number }
export type Lease =
  | { readonly type: 'free' }
  | ({ readonly type: 'held' } & Held)
  | ({ readonly type: 'asked'; readonly by: PersonId; readonly answerBy: number } & Held)

export type LeaseEvent =
  | { readonly type: 'open' | 'sign' | 'ask' | 'release'; readonly person: PersonId }
  | { readonly type: 'answer'; readonly person: PersonId; readonly give: boolean }
  | { readonly type: 'tick' }

export type LeaseEffect =
  | { readonly type: 'holder'; readonly person: PersonId | null } // tell everybody who sees the notebook
  | { readonly type: 'asked'; readonly holder: PersonId; readonly by: PersonId; readonly answerBy: number }
  | { readonly type: 'kept'; readonly asker: PersonId }
  | { readonly type: 'granted'; readonly to: PersonId }
  | { readonly type: 'lost'; readonly from: PersonId; readonly to: PersonId }
  | { readonly type: 'refused'; readonly why: 'held' | 'already-asked' | 'nobody-editing' | 'not-asked' }

export type Stepped = readonly [Lease, readonly LeaseEffect[]]

export const FREE: Lease = { type: 'free' }
const held = (holder: PersonId, now: number): Lease => ({ type: 'held', holder, sign: now })
const refused = (lease: Lease, why: Extract<LeaseEffect, { type: 'refused' }>['why']): Stepped => [
  lease,
  [{ type: 'refused', why }],
]

export function step(before: Lease, event: LeaseEvent, now: number): Stepped {
  const [lease, due] = settle(before, now)
  const [after, effects] = act(lease, event, now)
  return [after, [...due, ...effects]]
}

/** What time alone has decided. A silent holder of a lease nobody asked for keeps it until somebody comes. */
function settle(lease: Lease, now: number): Stepped {
  if (lease.type === 'asked' && (now >= lease.answerBy || silent(lease, now))) return pass(lease, lease.by, now)
  if (lease.type === 'held' && silent(lease, now)) return [FREE, [{ type: 'holder', person: null }]]
  return [lease, []]
}

const silent = (lease: Held, now: number) => now - lease.sign >= LEASE.silence

const pass = (lease: Held, to: PersonId, now: number): Stepped => [
  held(to, now),
  [
    { type: 'lost', from: lease.holder, to },
    { type: 'granted', to },
    { type: 'holder', person: to },
  ],
]

function act(lease: Lease, event: LeaseEvent, now: number): Stepped {
  switch (event.type) {
    case 'tick':
      return [lease, []]
    case 'open':
    case 'sign':
      return take(lease, event.person, now)
    case 'ask':
      return ask(lease, event.person, now)
    case 'answer':
      return answer(lease, event, now)
    case 'release':
      return release(lease, event.person, now)
  }
}

function take(lease: Lease, person: PersonId, now: number): Stepped {
  if (lease.type === 'free') return [held(person, now), [{ type: 'holder', person }]]
  if (lease.holder !== person) return refused(lease, 'held')
  return [{ ...lease, sign: now }, []]
}

function ask(lease: Lease, by: PersonId, now: number): Stepped {
  if (lease.type === 'free' || lease.holder === by) return refused(lease, 'nobody-editing')
  if (lease.type === 'asked') return lease.by === by ? [lease, []] : refused(lease, 'already-asked')
  const answerBy = now + LEASE.ask
  return [{ ...lease, type: 'asked', by, answerBy }, [{ type: 'asked', holder: lease.holder, by, answerBy }]]
}

function answer(lease: Lease, { person, give }: { person: PersonId; give: boolean }, now: number): Stepped {
  if (lease.type !== 'asked' || lease.holder !== person) return refused(lease, 'not-asked')
  if (give) return pass(lease, lease.by, now)
  return [held(person, now), [{ type: 'kept', asker: lease.by }]]
}

function release(lease: Lease, person: PersonId, now: number): Stepped {
  if (lease.type === 'free' || lease.holder !== person) return [lease, []]
  if (lease.type === 'asked') return pass(lease, lease.by, now)
  return [FREE, [{ type: 'holder', person: null }]]
}
