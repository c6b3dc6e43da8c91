// A person's request for a table that is closed to them: made by a press here and nowhere else.
import { createSignal, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import type { KernelId } from '#protocol/ids.ts'
import { SIGHT_API } from '#protocol/sight.ts'
import { usePeople } from '../../../net/context.ts'
import { say } from '../../../primitives/notices.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Button } from '../../../ui/Button.tsx'
import { Modal } from '../../../ui/Modal.tsx'
import { NotDone } from '../parts/NotDone.tsx'
import { WordsField } from '../parts/WordsField.tsx'

type AskDialogProps = {
  readonly kernel: KernelId
  readonly table: string
  readonly onAsked: () => void
  readonly onClose: () => void
}

const NOTE =
  'The owner of the workspace sees that you ask to read it, and what you write here. They grant it, or refuse and say why.'

export function AskDialog(props: AskDialogProps) {
  const api = usePeople().apiOf(SIGHT_API)
  const [words, setWords] = createSignal('')
  const [asking, setAsking] = createSignal(false)
  const [refused, setRefused] = createSignal<Refusal | null>(null)
  async function ask(): Promise<void> {
    setAsking(true)
    setRefused(null)
    try {
      const body = { table: props.table, words: words().trim() }
      await api('POST /api/kernels/:kernel/requests', { params: { kernel: props.kernel }, body })
      say(`Asked for ${props.table}`)
      props.onClose()
    } catch (error) {
      setRefused(refusalOf(error))
    } finally {
      setAsking(false)
      props.onAsked()
    }
  }
  return (
    <Modal title={`Ask for ${props.table}?`} note={NOTE} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void ask()
        }}
      >
        <WordsField label="What for" placeholder="Optional, one line" onWords={setWords} />
        <Show when={refused()}>{(refusal) => <NotDone refusal={refusal()} />}</Show>
        <div class="mt-4 flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="accent" disabled={asking()}>
            {asking() ? 'Asking …' : 'Ask the owner'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
