// Somebody asks for the lease: the editor decides within 15 s; without an answer it is given. The question is read out and
// takes no focus: whoever is typing would answer it with their next space. The key that leads out of the notebook leads here.
import { Dialog } from '@kobalte/core/dialog'
import { createNow } from '../../primitives/createNow.ts'
import { Button } from '../../ui/Button.tsx'

type AskedProps = {
  readonly id: string
  readonly by: string
  readonly name: string
  readonly answerBy: number
  readonly onAnswer: (give: boolean) => void
  /** It is gone, and the focus that it had with it. */
  readonly onLeft: () => void
}

export function Asked(props: AskedProps) {
  const now = createNow(250)
  const left = () => Math.max(0, Math.ceil((props.answerBy - now()) / 1000))
  return (
    <Dialog open modal={false}>
      <Dialog.Portal>
        <div class="fixed top-14 right-4 z-41 w-[calc(100%-2rem)] max-w-[380px]">
          <Dialog.Content
            id={props.id}
            class="dialog px-5 py-4"
            role="alertdialog"
            onInteractOutside={(event) => event.preventDefault()}
            onEscapeKeyDown={(event) => event.preventDefault()}
            onOpenAutoFocus={(event) => event.preventDefault()}
            onCloseAutoFocus={(event) => event.defaultPrevented || props.onLeft()}
          >
            <div role="alert">
              <Dialog.Title class="text-base font-semibold">{props.by} asks to edit</Dialog.Title>
              <span class="sr-only">F6 leads from the notebook to the answer.</span>
            </div>
            <Dialog.Description class="mt-1 text-sm text-ink-2">
              “{props.name}”. Give it, and you go on reading; nothing you wrote is lost. Without an answer it is given{' '}
              <span class="numeric font-semibold text-ink">in {left()} s</span>.
            </Dialog.Description>
            <div class="mt-4 flex justify-end gap-2">
              <Button onClick={() => props.onAnswer(true)}>Give</Button>
              <Button tone="accent" onClick={() => props.onAnswer(false)}>
                Keep editing
              </Button>
            </div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}
