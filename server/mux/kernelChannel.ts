// A person's channel to one kernel of theirs: authorised when it opens, relayed to the runner, every command judged, closed
// by name when the right, the lease or the kernel goes.
import type { CloseName } from '#protocol/close.ts'
import type { KernelId } from '#protocol/ids.ts'
import type { Link } from '#protocol/link.ts'
import type { Opening } from '#protocol/port.ts'
import type { Message } from '#protocol/reassemble.ts'
import { Relay, type Verdict } from '#protocol/relay.ts'
import type { KernelSpec } from '#protocol/runner.ts'
import { judge } from '../kernels/command.ts'
import { lost } from '../kernels/rights.ts'
import type { HouseDeps, Signed } from './deps.ts'

type Refusal = { readonly reason: CloseName; readonly detail?: string }

/** Null: the browser has been told why not. A kernel of somebody else and one that never was get the same answer. */
export async function openKernel(
  deps: HouseDeps,
  front: Link,
  signed: Signed,
  opening: Opening,
  kernel: KernelId,
  ended: (channel: KernelChannel) => void,
): Promise<KernelChannel | null> {
  const refused = await refusal(deps, signed, kernel)
  const state = deps.kernels.get(kernel)
  const back = deps.kernels.link()
  if (refused === null && state !== null && back?.open && front.open)
    return new KernelChannel(deps, { front, back, opening, tab: signed.tab, spec: state.spec }, ended)
  const reason = refused?.reason ?? 'goingAway'
  const id = deps.audit.closed(reason, { person: signed.principal.id, kernel })
  front.refuse(opening.channel, reason, refused?.detail, id)
  return null
}

async function refusal(deps: HouseDeps, signed: Signed, kernel: KernelId): Promise<Refusal | null> {
  const state = deps.kernels.get(kernel)
  const person = signed.principal.id
  // While the runner is away or being judged its kernels may not be known yet: come again, rather than "not found".
  if (deps.kernels.link() === null) return { reason: 'goingAway' }
  if (state === null || state.spec.person !== person) return { reason: 'notFound' }
  const { notebook, mode } = state.spec
  if (!(await deps.access.mayOpen(notebook, person, mode))) return { reason: 'revoked' }
  if (state.phase.phase === 'exited') return { reason: 'kernelGone', detail: state.phase.message }
  if (mode === 'edit' && deps.leases.sign(notebook, person) === 'lost') return { reason: 'leaseLost' }
  return null
}

type Ends = {
  readonly front: Link
  readonly back: Link
  readonly opening: Opening
  readonly tab: string
  readonly spec: KernelSpec
}

export class KernelChannel {
  readonly spec: KernelSpec
  readonly #deps: HouseDeps
  readonly #relay: Relay
  #stream = ''

  constructor(deps: HouseDeps, { front, back, opening, tab, spec }: Ends, ended: (channel: KernelChannel) => void) {
    this.#deps = deps
    this.spec = spec
    this.#relay = new Relay({
      front,
      back,
      opening,
      tab,
      role: spec.mode,
      opened: ({ stream }) => {
        this.#stream = stream
      },
      request: (message) => this.#request(message),
      response: (message) => deps.saves.answered(spec, this.#stream, message),
      closing: (reason) => deps.audit.closed(reason, { person: spec.person, notebook: spec.notebook, kernel: spec.id }),
      ended: () => ended(this),
    })
  }

  close(reason: CloseName): void {
    this.#relay.close(reason)
  }

  /** A sign of life of an editor; ends the channel when somebody else is editing. */
  beat(): void {
    const { notebook, person, mode } = this.spec
    if (mode === 'edit' && this.#deps.leases.sign(notebook, person) === 'lost') this.close('leaseLost')
  }

  /** Rights have changed: may it stay open? What is written after that is a draft at most. */
  async recheck(): Promise<void> {
    if ((await lost(this.#deps.access, this.spec)) !== 'revoked') return // one that is demoted ends once it has saved: kernels/rights.ts
    this.close('revoked')
    await this.#deps.kernels.stop(this.spec.id, 'revoked')
  }

  #request(message: Message): Verdict {
    const { verdict, save, refused } = judge(message, this.spec)
    const { id, person, notebook } = this.spec
    if (save) this.#deps.saves.asked(id, this.#stream, message.sequence, save.layout)
    if (refused) {
      this.#deps.audit.refused({ ...refused, person, notebook, kernel: id })
      this.#deps.commandRefused(refused)
    }
    return verdict
  }
}
