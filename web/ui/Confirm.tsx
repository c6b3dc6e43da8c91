// A question before something that cannot be taken back.
import type { ParentProps } from 'solid-js'
import { Button } from './Button.tsx'
import { Modal } from './Modal.tsx'

type ConfirmProps = ParentProps<{
  readonly title: string
  readonly act: string
  readonly onAct: () => void
  readonly onClose: () => void
}>

export function Confirm(props: ConfirmProps) {
  return (
    <Modal title={props.title} onClose={props.onClose}>
      <p class="text-sm text-ink-2">{props.children}</p>
      <div class="mt-5 flex justify-end gap-2">
        <Button onClick={props.onClose}>Cancel</Button>
        <Button
          tone="accent"
          onClick={() => {
            props.onAct()
            props.onClose()
          }}
        >
          {props.act}
        </Button>
      </div>
    </Modal>
  )
}
