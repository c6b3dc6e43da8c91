// The panel at the right of a notebook. It takes its width from the notebook; on a narrow screen it lies over it.
import X from 'lucide-solid/icons/x'
import { onMount, type ParentProps } from 'solid-js'
import { IconButton } from './Tip.tsx'

export function Drawer(props: ParentProps<{ readonly title: string; readonly onClose: () => void }>) {
  let box: HTMLElement | undefined
  onMount(() => box?.focus())
  return (
    <aside
      ref={(element) => {
        box = element
      }}
      class="drawer"
      aria-label={props.title}
      tabIndex={-1}
      onKeyDown={(event) => {
        const inside = box?.contains(event.target as Node) // not in a dialog that was opened from here
        if (inside && event.key === 'Escape' && !event.defaultPrevented) props.onClose()
      }}
    >
      <header class="flex h-11 flex-none items-center justify-between border-b border-line pr-2 pl-4">
        <h2 class="text-sm font-semibold">{props.title}</h2>
        <IconButton label={`Close ${props.title}`} text="Close" onClick={props.onClose}>
          <X size={15} />
        </IconButton>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled without a pointer too */}
      <div class="min-h-0 grow overflow-auto -outline-offset-2" tabIndex={0}>
        {props.children}
      </div>
    </aside>
  )
}
