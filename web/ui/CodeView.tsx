// Python source, read-only. CodeMirror is loaded when first needed: it is not part of the entry.

import { createEffect, createSignal, onCleanup, Show } from 'solid-js'
import { Stale } from './lazily.tsx'

export function CodeView(props: { readonly source: string; readonly label: string }) {
  const [ready, setReady] = createSignal<typeof import('./codemirror.ts') | null>(null)
  const [box, setBox] = createSignal<HTMLElement>()
  const [missing, setMissing] = createSignal(false)
  import('./codemirror.ts').then(setReady, () => setMissing(true))
  createEffect(() => {
    const parent = box()
    const code = ready()
    if (parent && code) onCleanup(code.mountCode(parent, props.source, props.label))
  })
  return (
    <div class="h-full overflow-hidden" ref={setBox}>
      <Show when={missing()}>
        <Stale />
      </Show>
      <Show when={!ready() && !missing()}>
        <div class="skeleton m-4 h-40" role="status" aria-label="Loading the source" />
      </Show>
    </div>
  )
}
