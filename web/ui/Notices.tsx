// Draws what is said in passing. A notice waits while it is pointed at or focused; its Undo is a button like any other.
import X from 'lucide-solid/icons/x'
import { createEffect, createSignal, For, onCleanup, Show } from 'solid-js'
import { dismiss, type Notice, notices, undo } from '../primitives/notices.ts'
import { Button } from './Button.tsx'

export function Notices() {
  return (
    <section aria-label="Notifications" aria-live="polite" class="notices">
      <For each={notices()}>{(notice) => <Item notice={notice} />}</For>
    </section>
  )
}

function Item(props: { readonly notice: Notice }) {
  const [held, setHeld] = createSignal(false)
  createEffect(() => {
    if (held()) return
    const timer = setTimeout(() => dismiss(props.notice.id), props.notice.stays)
    onCleanup(() => clearTimeout(timer))
  })
  return (
    <div
      class="notice"
      data-tone={props.notice.tone}
      role={props.notice.tone === 'bad' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <span class="min-w-0 grow">
        {props.notice.message}
        <Show when={props.notice.reference}>
          <span class="mt-0.5 block font-mono text-xs text-ink-2 select-all">{props.notice.reference}</span>
        </Show>
      </span>
      <Show when={props.notice.undo}>
        <Button size="small" onClick={() => undo(props.notice.id)}>
          Undo
        </Button>
      </Show>
      <button
        type="button"
        class="btn"
        data-tone="quiet"
        data-shape="icon"
        aria-label="Dismiss"
        onClick={() => dismiss(props.notice.id)}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </div>
  )
}
