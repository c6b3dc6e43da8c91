// The present moment as a signal that ticks only while somebody watches.
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'

export function createNow(every: number, when: Accessor<boolean> = () => true): Accessor<number> {
  const [now, setNow] = createSignal(Date.now())
  createEffect(() => {
    if (!when()) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), every)
    onCleanup(() => clearInterval(timer))
  })
  return now
}
