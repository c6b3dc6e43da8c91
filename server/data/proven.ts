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
  return {
    get standing() {
      return standing
    },
    begin: (epoch, hear) =>
      plane.begin(epoch, {
        ...hear,
        ready: () => {
          standing = false
          cancel()
          void prove(++coming, hear.ready)
        },
        lost: () => {
          standing = false
          cancel()
          coming += 1
          hear.lost?.()
        },
      }),
    open: async (...given) => (standing ? plane.open(...given) : 'absent'),
    plan: async (plan) => (standing ? plane.plan(plan) : 'absent'),
    intake: async (intake) => (standing ? plane.intake(intake) : 'absent'),
    commit: async (commit) => (standing ? plane.commit(commit) : 'absent'),
    written: async (...given) => (standing ? plane.written(...given) : 'absent'),
    drop: (plan) => plane.drop(plan),
    ask: async (...given) => (standing ? plane.ask(...given) : { type: 'absent' }),
    tables: () => plane.tables(),
    forget: (kernel) => plane.forget(kernel),
    policy: (...given) => plane.policy(...given),
    close: () => {
      cancel()
      plane.close()
    },
  }
}
