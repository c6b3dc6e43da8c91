// A few lines of code to take along.
import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { Show } from 'solid-js'
import { createCopy } from '../../../primitives/createCopy.ts'
import { IconButton } from '../../../ui/Tip.tsx'

export function Snippet(props: { readonly code: string }) {
  const { copied, copy } = createCopy()
  return (
    <div class="mb-6 flex max-w-xl items-start justify-between gap-3 rounded-[6px] bg-sunken py-2 pr-2 pl-4">
      <pre class="overflow-auto py-1 font-mono text-xs leading-5 select-text">{props.code}</pre>
      <IconButton label="Copy the code" text={copied() ? 'Copied' : 'Copy'} onClick={() => void copy(props.code)}>
        <Show when={copied()} fallback={<Copy size={15} aria-hidden="true" />}>
          <Check size={15} aria-hidden="true" />
        </Show>
      </IconButton>
      <span class="sr-only" role="status">
        {copied() ? 'Copied' : ''}
      </span>
    </div>
  )
}
