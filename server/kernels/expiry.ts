// Shares that run out: at that moment whoever loses by it is told, and the kernels that they opened end.
import type { NotebookId } from '#protocol/ids.ts'
import type { Clock } from '#protocol/wire.ts'
import { audience, type Desk } from '../notebooks/desk.ts'

/** `look`: finds the next that runs out; after an edit of shares, and again on a beat. */
export type Expiry = { look(): Promise<void>; close(): void }
type Options = {
  readonly desk: Desk
  readonly clock: Clock
  /** Ends the kernels of a notebook that nobody may keep. */
  readonly recheck: (notebook: NotebookId) => Promise<void>
}

const FAR = 86_400_000 // ms; a timer cannot be set for years

export function watchExpiry({ desk, clock, recheck }: Options): Expiry {
  let last = clock.now() // what ran out before is judged when the runner is connected
  let closed = false
  let cancel = () => {}

  const ranOut = async (id: NotebookId) => {
    const notebook = await desk.store.notebooks.get(id)
    if (notebook) desk.events.publish(audience(desk, notebook, last - 1), { type: 'notebooks-changed' })
    await recheck(id)
  }
  const next = async () => {
    while (!closed) {
      const due = await desk.store.notebooks.expiring(last)
      cancel()
      if (due === null || closed) return
      const left = due.at - clock.now()
      if (left > 0) {
        cancel = clock.after(Math.min(left, FAR), () => void look())
        return
      }
      last = due.at
      await Promise.all(due.notebooks.map(ranOut))
    }
  }
  const look = () =>
    desk
      .serial('shares run out', next)
      .catch((error: unknown) => desk.log.error({ err: error }, 'shares that run out not looked at; the next beat does'))
  return {
    look,
    close: () => {
      closed = true
      cancel()
    },
  }
}
