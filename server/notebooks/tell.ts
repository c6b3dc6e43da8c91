// Says on the event bus what the leases decided.
import type { NotebookId } from '#protocol/ids.ts'
import { account, audience, type Desk } from './desk.ts'
import type { Tell } from './leases.ts'

export async function tellLease(desk: Desk, notebook: NotebookId, effect: Parameters<Tell>[1]): Promise<void> {
  const { events } = desk
  switch (effect.type) {
    case 'holder': {
      const stored = await desk.store.notebooks.get(notebook)
      const holder = effect.person === null ? null : account(desk, effect.person)
      if (stored) events.publish(audience(desk, stored), { type: 'lease', notebook, holder })
      return
    }
    case 'asked':
      return events.publish([effect.holder], {
        type: 'lease-asked',
        notebook,
        by: account(desk, effect.by),
        answerBy: effect.answerBy,
      })
    case 'kept':
      return events.publish([effect.asker], { type: 'lease-refused', notebook })
    case 'granted':
      return events.publish([effect.to], { type: 'lease-granted', notebook })
    case 'lost':
      return events.publish([effect.from], { type: 'lease-lost', notebook, to: account(desk, effect.to), draft: null })
  }
}
