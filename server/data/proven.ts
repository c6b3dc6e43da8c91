// A data plane that is trusted with people's plans only while it stands proven: each time it comes anew the canary must be
// invisible through it. Until then it answers as if it were away.
import type { Clock } from '#protocol/wire.ts'
import type { DataPlane } from '../seams/dataPlane.ts'
import type { Canary } from './canary.ts'

const AGAIN = 1000 // ms until a look that proved nothing is taken again

type Proof = {
  look(): Promise<Canary>
  /** It was seen: nothing may be served any more. */
  seen(): void
  readonly clock: Clock
}

export type Proven = DataPlane & { readonly standing: boolean }

export function proven(plane: DataPlane, { look, seen, clock }: Proof): Proven {
  let standing = false
  let coming = 0
  let cancel = () => {}
  const prove = async (mine: number, ready: () => void): Promise<void> => {
    const canary = await look().catch((): Canary => 'unproven')
    if (mine !== coming) return // it has come anew meanwhile
    if (canary === 'seen') return seen()
    if (canary === 'unproven') {
      cancel = clock.after(AGAIN, () => void prove(mine, ready))
      return
    }
    standing = true
    ready()
  }
  /** What stood does not: the number of the next proof. */
  const fall = (): number => {
    standing = false
    cancel()
    return ++coming
  }
  return {
    ...behind(plane, () => standing),
    get standing() {
      return standing
    },
    begin: (epoch, hear) =>
      plane.begin(epoch, {
        ...hear,
        ready: () => void prove(fall(), hear.ready),
        lost: () => {
          fall()
          hear.lost?.()
        },
      }),
    close: () => {
      cancel()
      plane.close()
    },
  }
}

/** What answers as if it were away while it does not stand. */
const behind = (plane: DataPlane, stands: () => boolean): Omit<DataPlane, 'begin' | 'close'> => ({
  dialect: () => (stands() ? plane.dialect() : null),
  writes: () => stands() && plane.writes(),
  open: async (...given) => (stands() ? plane.open(...given) : 'absent'),
  plan: async (plan) => (stands() ? plane.plan(plan) : 'absent'),
  intake: async (intake) => (stands() ? plane.intake(intake) : 'absent'),
  commit: async (commit) => (stands() ? plane.commit(commit) : 'absent'),
  written: async (...given) => (stands() ? plane.written(...given) : 'absent'),
  drop: (plan) => plane.drop(plan),
  ask: async (...given) => (stands() ? plane.ask(...given) : { type: 'absent' }),
  tables: () => plane.tables(),
  forget: (kernel) => plane.forget(kernel),
  policy: (...given) => plane.policy(...given),
})
