// The opened notebooks. Arrow keys move along the row, Enter or Space brings one to the front, Delete or a middle click
// closes it. One tab is in the order of focus, as the ARIA pattern asks.
import X from 'lucide-solid/icons/x'
import { createEffect, For, Show } from 'solid-js'
import type { KernelWord } from '../features/notebook/session.ts'
import { StateDot } from '../ui/StateDot.tsx'
import type { Tab } from './tabs.ts'
import { useWorkspace } from './workspace.ts'

export function TabStrip(props: { readonly stateOf: (id: string) => KernelWord | null }) {
  const workspace = useWorkspace()
  let strip: HTMLDivElement | undefined
  const focusable = () => workspace.active() ?? workspace.tabs().list[0]?.id
  const focus = (id: string) => strip?.querySelector<HTMLElement>(`[data-tab="${id}"]`)?.focus()

  function onKeyDown(event: KeyboardEvent): void {
    const ids = workspace.tabs().list.map((tab) => tab.id)
    const at = ids.indexOf((event.target as HTMLElement).dataset.tab ?? '')
    const id = ids[at]
    if (!id) return
    const next = ids[moved(event.key, at, ids.length)]
    if (next) focus(next)
    else if (event.key === 'Delete') closeFocused(ids, at)
    else if (event.key === 'Enter' || event.key === ' ') workspace.go(id)
    else return
    event.preventDefault()
  }
  function closeFocused(ids: readonly string[], at: number): void {
    const after = ids[at + 1] ?? ids[at - 1]
    workspace.close(ids[at] ?? '')
    if (after) queueMicrotask(() => focus(after))
  }
  createEffect(() => {
    const id = workspace.active()
    if (id === null) return
    queueMicrotask(() => {
      const tab = strip?.querySelector<HTMLElement>(`[data-tab="${id}"]`)
      tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      if (document.activeElement === document.body) tab?.focus() // the link that was pressed has gone with the list
    })
  })

  return (
    <div ref={strip} role="tablist" aria-label="Open notebooks" class="tab-strip">
      <For each={workspace.tabs().list}>
        {(tab) => (
          <TabButton
            tab={tab}
            focusable={focusable() === tab.id}
            selected={workspace.active() === tab.id}
            state={props.stateOf(tab.id)}
            onKeyDown={onKeyDown}
          />
        )}
      </For>
    </div>
  )
}

/** Where a key leads in the row, -1: nowhere. */
function moved(key: string, at: number, length: number): number {
  const to: Record<string, number> = {
    ArrowRight: (at + 1) % length,
    ArrowLeft: (at - 1 + length) % length,
    Home: 0,
    End: length - 1,
  }
  return to[key] ?? -1
}

type TabButtonProps = {
  readonly tab: Tab
  readonly focusable: boolean
  readonly selected: boolean
  readonly state: KernelWord | null
  readonly onKeyDown: (event: KeyboardEvent) => void
}

function TabButton(props: TabButtonProps) {
  const workspace = useWorkspace()
  return (
    <div
      role="tab"
      id={`tab-${props.tab.id}`}
      data-tab={props.tab.id}
      class="tab group"
      tabIndex={props.focusable ? 0 : -1}
      aria-selected={props.selected}
      aria-controls={props.selected ? 'notebook-panel' : undefined}
      aria-description="Delete closes it"
      title={props.tab.name}
      onClick={() => workspace.go(props.tab.id)}
      onKeyDown={(event) => props.onKeyDown(event)}
      onMouseDown={(event) => event.button === 1 && event.preventDefault()}
      onAuxClick={(event) => event.button === 1 && workspace.close(props.tab.id)}
    >
      <Show when={props.state}>{(state) => <StateDot state={state()} />}</Show>
      <span class="truncate">{props.tab.name}</span>
      {/* For the mouse only: the keyboard has Delete, and a button inside a tab has no place in the ARIA tree. */}
      <span
        aria-hidden="true"
        class="tab-close"
        onClick={(event) => {
          event.stopPropagation()
          workspace.close(props.tab.id)
        }}
      >
        <X size={13} />
      </span>
    </div>
  )
}
