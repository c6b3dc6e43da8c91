// What is offered to somebody whom a table is closed to.
import { expect, test } from 'vitest'
import type { AccessRequest, Ending } from '../seams/requests.ts'
import { type Asked, type Stand, standOf } from './asking.ts'

const request = (policy: number, state: Ending['state'] | null): AccessRequest => ({
  id: 'r_00000001',
  person: 'p_00000001',
  notebook: 'n_00000001',
  table: 'contacts',
  policy,
  words: '',
  at: 1,
  end: state && { state, by: 'p_00000009', at: 2, words: '' },
})
const closed = (last: AccessRequest | null): Stand => ({ closed: 'ungranted', policy: 2, last })

const CASES: readonly (readonly [string, Stand, Asked['state']])[] = [
  ['nothing was asked', closed(null), 'none'],
  ['classified too high is asked for too', { closed: 'clearance', policy: 2, last: null }, 'none'],
  ['it waits', closed(request(2, null)), 'pending'],
  ['it waits under other rules', closed(request(1, null)), 'stale'],
  ['it was refused', closed(request(2, 'refused')), 'refused'],
  ['it was refused under other rules', closed(request(1, 'refused')), 'none'],
  ['it was granted and taken back', closed(request(2, 'granted')), 'none'],
  ['it was granted', { closed: null, policy: 3, last: request(2, 'granted') }, 'granted'],
  ['it is open by now', { closed: null, policy: 2, last: null }, 'readable'],
  ['it is open by now, and was asked for', { closed: null, policy: 2, last: request(2, null) }, 'readable'],
  ['hidden', { closed: 'absent', policy: 2, last: null }, 'hidden'],
  ['hidden since it was asked for', { closed: 'absent', policy: 2, last: request(2, null) }, 'hidden'],
]

test.each(CASES)('%s', (_, stand, expected) => {
  expect(standOf(stand).state).toBe(expected)
})
