// The grant that a request asks for, put into the draft once; whoever takes it out again is not offered it anew.
import { type Accessor, createEffect, createSignal, untrack } from 'solid-js'
import type { RequestCard } from '#protocol/sight.ts'
import type { PolicyDraft } from '../createPolicyDraft.ts'
import { withReader } from '../draft.ts'

export function createGrantFor(draft: PolicyDraft, request: Accessor<RequestCard | null | undefined>): void {
  const [added, setAdded] = createSignal<string | null>(null)
  createEffect(() => {
    const asked = request()
    if (asked?.closed !== 'ungranted' || added() === asked.id) return // a grant alone opens no other
    setAdded(asked.id)
    draft.setPolicy(withReader(untrack(draft.policy), asked.person.id))
  })
}
