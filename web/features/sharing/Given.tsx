// Who has a notebook, what each may do with it, and the way to take it back.
import { createUniqueId, For, Show } from 'solid-js'
import type { Share } from '#protocol/api.ts'
import type { Grantee, Right } from '#protocol/shares.ts'
import { Button } from '../../ui/Button.tsx'
import { granteeText, untilText } from './words.ts'

type GivenProps = {
  readonly shares: readonly Share[]
  readonly mayChange: boolean // else only to take away
  readonly onRight: (share: Share, right: Right) => void
  readonly onStop: (grantee: Grantee) => void
}

export const granteeOf = ({ person }: Share): Grantee => person?.id ?? 'workspace'

export function Given(props: GivenProps) {
  return (
    <section class="mt-5">
      <h3 class="mb-1 text-xs font-medium text-ink-2">Shared with</h3>
      <ul aria-label="Shared with">
        <For each={props.shares} fallback={<li class="py-1.5 text-sm text-ink-2">Nobody: it is its author’s alone.</li>}>
          {(share) => <Line {...props} share={share} />}
        </For>
      </ul>
    </section>
  )
}

function Line(props: GivenProps & { readonly share: Share }) {
  const name = createUniqueId()
  return (
    <li class="flex items-center gap-2 border-b border-line/60 py-1.5 text-sm">
      <span class="min-w-0 grow truncate" id={name}>
        {granteeText(props.share)}
        <span class="ml-2 text-ink-2">{untilText(props.share)}</span>
      </span>
      <Show when={props.mayChange} fallback={<span class="chip">{props.share.right === 'edit' ? 'May edit' : 'May view'}</span>}>
        <select
          class="field w-auto pr-1"
          aria-label={`What ${granteeText(props.share)} may do`}
          onChange={(event) => props.onRight(props.share, event.currentTarget.value as Right)}
        >
          <option value="view" selected={props.share.right === 'view'}>
            May view
          </option>
          <option value="edit" selected={props.share.right === 'edit'}>
            May edit
          </option>
        </select>
      </Show>
      <Button size="small" aria-describedby={name} onClick={() => props.onStop(granteeOf(props.share))}>
        Stop sharing
      </Button>
    </li>
  )
}
