// A few lines of code to take along.
import Check from 'lucide-solid/icons/check'
import Copy from 'lucide-solid/icons/copy'
import { createSignal, onCleanup, Show } from 'solid-js'
import { sayRefused } from '../../../primitives/notices.ts'
import { IconButton } from '../../../ui/Tip.tsx'

const SHOWN = 1_500 // ms that “copied” stands

export function Snippet(props: { readonly code: string }) {
  const [copied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(props.code)
      setCopied(true)
      clearTimeout(timer)
      timer = setTimeout(() => setCopied(false), SHOWN)
    } catch {
      sayRefused(new Error('The browser did not let this page copy. Select the text and copy it yourself.'))
    }
  }
  return (
    <div class="mb-6 flex max-w-xl items-start justify-between gap-3 rounded-[6px] bg-sunken py-2 pr-2 pl-4">
      <pre class="overflow-auto py-1 font-mono text-xs leading-5 select-text">{props.code}</pre>
      <IconButton label="Copy the code" text={copied() ? 'Copied' : 'Copy'} onClick={() => void copy()}>
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
