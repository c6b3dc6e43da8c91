// Counts for itself from what the kernel last said of its use: it is never there for a kernel that is used again.
import { Show } from 'solid-js'
import type { Role } from '#protocol/roles.ts'
import type { Usage } from '#protocol/runner.ts'
import { createNow } from '../../primitives/createNow.ts'
import { clock } from '../../primitives/format.ts'
import { Banner } from '../../ui/Notice.tsx'
import { idleLimit, idleSoon } from './idle.ts'

export function IdleWarning(props: { readonly usage: Usage | null; readonly mode: Role }) {
  const now = createNow(5_000)
  const at = () => props.usage && idleSoon(props.usage, props.mode, now())
  return (
    <Show when={at()}>
      {(stop) => (
        <Banner tone="warn">
          The kernel is idle and stops at <span class="numeric font-semibold">{clock(stop())}</span>, after{' '}
          {idleLimit(props.mode) / 60_000} minutes without use. Run a cell or move a control to keep it and its variables.
        </Banner>
      )}
    </Show>
  )
}
