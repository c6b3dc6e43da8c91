// Says on the event bus what the leases decided, and what was saved.
import type { NotebookId } from '#protocol/ids.ts'
import type { StoredNotebook, StoredVersion } from '../seams/store.ts'
import { account, audience, type Desk } from './desk.ts'
import type { Tell } from './leases.ts'
import { readerOf } from './seen.ts'
import { sees } from './visible.ts'

/** To those who see the version: to others not even that there is one. */
export async function tellSaved(desk: Desk, notebook: StoredNotebook, version: StoredVersion, at: number): Promise<void> {
  const people = audience(desk, notebook)
  const readers = await Promise.all(people.map((person) => readerOf(desk, person)))
  const to = readers.filter((reader) => sees(reader, version)).map(({ person }) => person)
  desk.events.publish(to, { type: 'saved', notebook: notebook.id, at, version: version.id })
}

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
