// A request is refused with a sentence, which the asker reads.
import { useQueryClient } from '@tanstack/solid-query'
import { createSignal, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import type { RequestCard } from '#protocol/sight.ts'
import { say } from '../../../../primitives/notices.ts'
import { refusalOf } from '../../../../primitives/refused.ts'
import { Button } from '../../../../ui/Button.tsx'
import { Modal } from '../../../../ui/Modal.tsx'
import { NotDone } from '../../parts/NotDone.tsx'
import { WordsField } from '../../parts/WordsField.tsx'
import { useSightApi } from './createRequests.ts'

export function RefuseDialog(props: { readonly card: RequestCard; readonly onClose: () => void }) {
  const api = useSightApi()
  const client = useQueryClient()
  const { id, person, table } = props.card // as it was when the dialog was opened
  const [words, setWords] = createSignal('')
  const [refused, setRefused] = createSignal<Refusal | null>(null)
  async function refuse(): Promise<void> {
    setRefused(null)
    try {
      await api('POST /api/requests/:request/refusal', { params: { request: id }, body: { words: words().trim() } })
      say(`Refused the request of ${person.name}`)
      props.onClose()
    } catch (error) {
      setRefused(refusalOf(error))
    } finally {
      await client.invalidateQueries({ queryKey: ['data', 'requests'] })
    }
  }
  return (
    <Modal
      title={`Refuse ${person.name}’s request?`}
      note={`They asked to read ${table}. They may ask again when its rules change.`}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void refuse()
        }}
      >
        <WordsField label="Why" placeholder={`${person.name} reads this`} required onWords={setWords} />
        <Show when={refused()}>{(refusal) => <NotDone refusal={refusal()} />}</Show>
        <div class="mt-4 flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="accent">
            Refuse
          </Button>
        </div>
      </form>
    </Modal>
  )
}
