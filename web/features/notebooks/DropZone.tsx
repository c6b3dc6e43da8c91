// Files dropped anywhere on the list are imported. The Import button does the same without dragging.
import { createSignal, type ParentProps, Show } from 'solid-js'

type DropZoneProps = ParentProps<{ readonly enabled: boolean; readonly onFiles: (files: readonly File[]) => void }>

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

export function DropZone(props: DropZoneProps) {
  const [depth, setDepth] = createSignal(0) // enters less leaves: children fire both
  const over = (event: DragEvent) => {
    if (!props.enabled || !holdsFiles(event)) return
    event.preventDefault()
  }
  return (
    <section
      aria-label="Notebook browser"
      class="relative h-full"
      onDragEnter={(event) => props.enabled && holdsFiles(event) && setDepth(depth() + 1)}
      onDragLeave={(event) => props.enabled && holdsFiles(event) && setDepth(Math.max(0, depth() - 1))}
      onDragOver={over}
      onDrop={(event) => {
        over(event)
        setDepth(0)
        if (props.enabled) props.onFiles([...(event.dataTransfer?.files ?? [])])
      }}
    >
      {props.children}
      <Show when={depth() > 0}>
        <div class="pointer-events-none absolute inset-3 z-30 grid place-items-center rounded-xl border-2 border-dashed border-accent bg-accent-soft/90 text-base font-medium text-accent">
          Drop .py files to import them
        </div>
      </Show>
    </section>
  )
}
