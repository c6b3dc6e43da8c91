// Asked where one person at a time is served and somebody is: signing in would sign them out.
import { onMount } from 'solid-js'
import { Button } from '../../ui/Button.tsx'

export function Occupied(props: {
  readonly occupied: string
  readonly name: string
  readonly onReplace: () => void
  readonly onCancel: () => void
}) {
  let cancel!: HTMLButtonElement
  onMount(() => cancel.focus())
  return (
    <div
      role="alertdialog"
      aria-labelledby="occupied-title"
      aria-describedby="occupied-text"
      class="mb-4 rounded-[10px] border border-line bg-surface p-5 text-sm"
    >
      <h2 id="occupied-title" class="text-base font-semibold">
        Sign the other person out?
      </h2>
      <p id="occupied-text" class="mt-1.5 text-ink-2">
        {props.occupied} Their kernels end; what they saved is kept.
      </p>
      <div class="mt-4 flex justify-end gap-2">
        <Button ref={cancel} onClick={() => props.onCancel()}>
          Cancel
        </Button>
        <Button tone="bad" onClick={() => props.onReplace()}>
          Sign out and continue as {props.name}
        </Button>
      </div>
    </div>
  )
}
