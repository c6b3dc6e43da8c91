// A dialog that takes the page: focus stays inside, Escape closes, focus returns to where it was.
import { Dialog } from '@kobalte/core/dialog'
import X from 'lucide-solid/icons/x'
import { type ParentProps, Show } from 'solid-js'

type ModalProps = ParentProps<{
  readonly title: string
  readonly note?: string
  readonly wide?: boolean
  readonly onClose: () => void
}>

export function Modal(props: ModalProps) {
  return (
    <Dialog open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay class="veil" />
        <div class="fixed inset-0 z-41 grid place-items-center p-4">
          <Dialog.Content class="dialog" style={props.wide ? { 'max-width': '620px' } : {}}>
            <header class="flex items-start gap-3 px-5 pt-4 pb-3">
              <div class="grow">
                <Dialog.Title class="text-base font-semibold">{props.title}</Dialog.Title>
                <Show when={props.note}>
                  <Dialog.Description class="mt-1 text-sm text-ink-2">{props.note}</Dialog.Description>
                </Show>
              </div>
              <Dialog.CloseButton class="btn -mr-2" data-shape="icon" data-tone="quiet" aria-label="Close">
                <X size={16} />
              </Dialog.CloseButton>
            </header>
            <div class="px-5 pb-5">{props.children}</div>
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  )
}
