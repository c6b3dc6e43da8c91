// What is happening while a notebook opens: named steps, each with its time. Drawn over a skeleton of the notebook.
import Check from 'lucide-solid/icons/check'
import { For, Show } from 'solid-js'
import type { Phase } from '#protocol/runner.ts'
import { createNow } from '../../primitives/createNow.ts'
import { duration } from '../../primitives/format.ts'
import { Spinner } from '../../ui/Spinner.tsx'
import { STEPS, stepAt } from './steps.ts'

const SLOW = 20_000 // after this, say that it takes long and what may be the cause

export function StartSteps(props: { readonly phase: Phase | null; readonly since: number }) {
  const now = createNow(500)
  const at = () => stepAt(props.phase)
  const elapsed = () => Math.max(0, now() - props.since)
  return (
    <div class="start-steps">
      <div class="mx-auto w-full max-w-3xl px-10 pt-14" aria-hidden="true">
        <div class="skeleton mb-8 h-8 w-2/5" />
        <For each={[88, 132, 60, 104]}>{(height) => <div class="skeleton mb-4" style={{ height: `${height}px` }} />}</For>
      </div>
      <div class="start-card">
        <ol aria-label="Start">
          <For each={STEPS}>
            {(step, index) => (
              <li
                class="flex h-7 items-center gap-3 text-sm"
                aria-current={index() === at() ? 'step' : undefined}
                classList={{ 'text-ink-3': index() > at() }}
              >
                <span class="grid w-4 place-items-center">
                  <Show when={index() >= at()} fallback={<Check size={14} class="text-ok" aria-label="done" />}>
                    <Show when={index() === at()} fallback={<span class="size-1.5 rounded-full bg-line-strong" />}>
                      <Spinner />
                    </Show>
                  </Show>
                </span>
                <span classList={{ 'font-medium': index() === at() }}>{step.label}</span>
              </li>
            )}
          </For>
        </ol>
        <p class="numeric mt-2 border-t border-line pt-2 text-xs text-ink-2">
          {duration(elapsed())}
          <Show when={elapsed() > SLOW}> – {STEPS[at()]?.slow}</Show>
        </p>
      </div>
    </div>
  )
}
