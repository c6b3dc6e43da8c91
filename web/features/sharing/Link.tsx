// The address of a notebook, to be sent to whom it is shared with. It opens nothing by itself.
import LinkIcon from 'lucide-solid/icons/link'
import { createCopy } from '../../primitives/createCopy.ts'
import { Button } from '../../ui/Button.tsx'

export function Link(props: { readonly id: string }) {
  const { copied, copy } = createCopy()
  return (
    <p class="mt-4 flex items-center gap-3 text-sm text-ink-2">
      <Button size="small" onClick={() => void copy(new URL(`/n/${props.id}`, location.origin).href)}>
        <LinkIcon size={14} aria-hidden="true" /> Copy the link
      </Button>
      <span role="status">{copied() ? 'Copied' : 'It opens the notebook for those it is shared with, and for nobody else.'}</span>
    </p>
  )
}
