// A link pressed inside a notebook. The frame cannot leave its place, and what it names is not to be trusted: the person
// sees the whole address first, since it may carry data away.
import { Button } from '../ui/Button.tsx'
import { Modal } from '../ui/Modal.tsx'

export function FollowLink(props: { readonly url: string; readonly onClose: () => void }) {
  return (
    <Modal title="Leave for another site?" note="The notebook asks to open this address in a new tab." onClose={props.onClose}>
      <p class="max-h-40 overflow-auto rounded-[6px] bg-sunken p-3 font-mono text-xs break-all">{props.url}</p>
      <div class="mt-4 flex justify-end gap-2">
        <Button onClick={props.onClose}>Stay here</Button>
        <a class="btn" data-tone="accent" href={props.url} target="_blank" rel="noopener noreferrer" onClick={props.onClose}>
          Open it
        </a>
      </div>
    </Modal>
  )
}
