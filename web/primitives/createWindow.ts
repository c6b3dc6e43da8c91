// Which rows of a long list are in the DOM. Short lists are kept whole: find-in-page and assistive technology see all of it.
import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js'

export const WHOLE = 300 // rows kept whole
const OVERSCAN = 12

export type Range = { readonly first: number; readonly last: number } // last is exclusive

/** The rows to render for a scroll position. */
export function visibleRange(total: number, top: number, height: number, row: number): Range {
  if (total <= WHOLE) return { first: 0, last: total }
  const first = Math.max(0, Math.min(total, Math.floor(top / row)) - OVERSCAN)
  const last = Math.min(total, Math.ceil((top + height) / row) + OVERSCAN)
  return { first, last: Math.max(first, last) }
}

export function createWindow(element: Accessor<HTMLElement | undefined>, total: Accessor<number>, row: number): Accessor<Range> {
  const [view, setView] = createSignal({ top: 0, height: 800 })
  createEffect(() => {
    const box = element()
    if (!box) return
    const measure = () => setView({ top: box.scrollTop, height: box.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    box.addEventListener('scroll', measure, { passive: true })
    onCleanup(() => {
      observer.disconnect()
      box.removeEventListener('scroll', measure)
    })
  })
  return createMemo(() => visibleRange(total(), view().top, view().height, row), undefined, {
    equals: (a, b) => a.first === b.first && a.last === b.last,
  })
}
