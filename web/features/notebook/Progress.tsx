// How many cells of a run have ended. A run of a moment is not drawn: a moved slider would make the line flicker.
import { Show } from 'solid-js'
import { progressOf, type Run } from './progress.ts'

export function Progress(props: { readonly run: Run }) {
  const words = (done: number, of: number) => `${done} of ${of} ${of === 1 ? 'cell' : 'cells'}`
  return (
    <Show when={progressOf(props.run)}>
      {(now) => (
        <span class="run-progress">
          <span
            role="progressbar"
            aria-label="Cells that have run"
            aria-valuemin={0}
            aria-valuemax={now().of}
            aria-valuenow={now().done}
            aria-valuetext={words(now().done, now().of)}
          >
            <span style={{ width: `${(now().done / now().of) * 100}%` }} />
          </span>
          <span class="numeric" aria-hidden="true">
            Running: {words(now().done, now().of)}
          </span>
        </span>
      )}
    </Show>
  )
}
