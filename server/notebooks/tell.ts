// Says on the event bus what the leases decided, and what was saved.
import type { NotebookId } from '#protocol/ids.ts'
import type { StoredNotebook, StoredVersion } from '../seams/store.ts'
import { account, audience, type Desk } from './desk.ts'
import type { Tell } from './leases.ts'
import { readersOf } from './seen.ts'
import { type Reader, sees } from './visible.ts'

/** To those who see the version; to others that there is one which is not for them, and only when it begins. */
export async function tellSaved(desk: Desk, notebook: StoredNotebook, { version, at, begun }: Saved): Promise<void> {
  const readers = await readersOf(desk, notebook)
  const { seen = [], unseen = [] } = Object.groupBy(readers, (reader) => (sees(reader, version) ? 'seen' : 'unseen'))
  const of = (some: readonly Reader[]) => some.map(({ person }) => person)
  desk.events.publish(of(seen), { type: 'saved', notebook: notebook.id, at, version: version.id })
  if (begun && unseen.length > 0) desk.events.publish(of(unseen), { type: 'version-waits', notebook: notebook.id })
}

type Saved = { readonly version: StoredVersion; readonly at: number; readonly begun: boolean }

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
