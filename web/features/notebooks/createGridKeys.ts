// Moving through the rows with the keyboard. One row's controls are in the order of focus; a far row is scrolled to first.
import { type Accessor, createSignal } from 'solid-js'

export const ROW = 46 // px; the window counts with it

type Deeds = { readonly rename: (index: number) => void; readonly remove: (index: number) => boolean }

export function createGridKeys(box: Accessor<HTMLElement | undefined>, total: Accessor<number>, deeds: Deeds) {
  const [current, setCurrent] = createSignal(0)

  function go(index: number): void {
    const next = Math.max(0, Math.min(total() - 1, index))
    setCurrent(next)
    const view = box()
    if (!view) return
    const top = next * ROW
    const hidden = top < view.scrollTop || top + 2 * ROW > view.scrollTop + view.clientHeight
    if (hidden) view.scrollTop = Math.max(0, top - view.clientHeight / 2)
    requestAnimationFrame(() => view.querySelector<HTMLElement>(`[data-row="${next}"] [data-name]`)?.focus())
  }
  const page = () => Math.max(1, Math.floor((box()?.clientHeight ?? ROW) / ROW) - 2)
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go(current() + 1),
    ArrowUp: () => go(current() - 1),
    PageDown: () => go(current() + page()),
    PageUp: () => go(current() - page()),
    Home: () => go(0),
    End: () => go(total() - 1),
    F2: () => deeds.rename(current()),
    Delete: () => deeds.remove(current()) && go(current()),
  }
  return {
    current,
    setCurrent,
    go,
    onKeyDown(event: KeyboardEvent): void {
      const act = keys[event.key]
      const inRow = event.target instanceof Element && event.target.closest('[data-row]') !== null
      if (!act || !inRow || event.altKey || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      act()
    },
  }
}
