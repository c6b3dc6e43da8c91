// The source beside a read-only view. The handle between them moves with the mouse and with the arrow keys.
import { createSignal } from 'solid-js'
import { keep, load } from '../../primitives/storage.ts'
import { CodeView } from '../../ui/CodeView.tsx'

const LEAST = 20 // percent of the width
const MOST = 70
const within = (percent: number) => Math.round(Math.max(LEAST, Math.min(MOST, percent)))

export function SourcePane(props: { readonly source: string }) {
  const kept = load('local', 'source-width')
  const [width, setWidth] = createSignal(typeof kept === 'number' ? within(kept) : 40)
  function move(percent: number): void {
    setWidth(within(percent))
    keep('local', 'source-width', width())
  }
  const keys: Record<string, () => void> = { ArrowLeft: () => move(width() - 2), ArrowRight: () => move(width() + 2) }

  function drag(event: PointerEvent & { currentTarget: HTMLElement }): void {
    const handle = event.currentTarget
    const row = handle.parentElement?.getBoundingClientRect()
    if (!row) return
    handle.setPointerCapture(event.pointerId) // frames beside it would swallow the movement otherwise
    const follow = (moved: PointerEvent) => move(((moved.clientX - row.left) / row.width) * 100)
    handle.addEventListener('pointermove', follow)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', follow), { once: true })
  }
  return (
    <>
      <section aria-label="Source" class="min-w-0 flex-none bg-sunken" style={{ width: `${width()}%` }}>
        <CodeView source={props.source} label="Source, read-only" />
      </section>
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the source"
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        aria-valuenow={width()}
        tabIndex={0}
        class="splitter"
        onPointerDown={drag}
        onKeyDown={(event) => {
          const act = keys[event.key]
          if (!act) return
          event.preventDefault()
          act()
        }}
        onDblClick={() => move(40)}
      />
    </>
  )
}
