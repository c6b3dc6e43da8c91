// The end of every edit: why it is made, and what the server says where it refuses. What was entered stays.
import { createSignal, type ParentProps, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { Button } from '../../../ui/Button.tsx'
import { NotDone } from '../parts/NotDone.tsx'

type SaveFormProps = ParentProps<{
  readonly act: string
  readonly reason?: string // that stands there to begin with
  readonly onSave: (reason: string) => Promise<void>
  readonly onCancel: () => void
}>

const MOST = 500 // characters of a reason (protocol/policy/edit.ts)

export function SaveForm(props: SaveFormProps) {
  const [reason, setReason] = createSignal(props.reason ?? '')
  const [saving, setSaving] = createSignal(false)
  const [refused, setRefused] = createSignal<Refusal | null>(null)
  async function save(): Promise<void> {
    setSaving(true)
    setRefused(null)
    try {
      await props.onSave(reason().trim())
    } catch (error) {
      setRefused(refusalOf(error))
    } finally {
      setSaving(false)
    }
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {props.children}
      <Why reason={reason()} onReason={setReason} />
      <Show when={refused()}>{(refusal) => <NotDone refusal={refusal()} />}</Show>
      <div class="mt-4 flex justify-end gap-2">
        <Button onClick={props.onCancel}>Cancel</Button>
        <Button type="submit" tone="accent" disabled={saving()}>
          {saving() ? 'Saving …' : props.act}
        </Button>
      </div>
    </form>
  )
}

function Why(props: { readonly reason: string; readonly onReason: (reason: string) => void }) {
  return (
    <label class="block text-sm">
      <span class="mb-1.5 block font-medium">Reason</span>
      <textarea
        class="field h-auto py-1.5"
        rows={2}
        required
        maxLength={MOST}
        placeholder="Why this changes. It stands in the audit."
        value={props.reason}
        onInput={(event) => {
          const box = event.currentTarget
          props.onReason(box.value)
          box.setCustomValidity(box.value.trim() === '' ? 'Say why.' : '')
        }}
      />
    </label>
  )
}
