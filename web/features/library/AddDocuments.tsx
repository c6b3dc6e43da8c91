// Chooses how a document is classified before its file is chosen: up to one's own clearance.
import FileUp from 'lucide-solid/icons/file-up'
import { createSignal, For, Show } from 'solid-js'
import { DOCUMENTS } from '#protocol/limits.ts'
import { dominated, type Label, type Level } from '#protocol/policy/label.ts'
import { sizeText } from '#protocol/size.ts'
import { Button } from '../../ui/Button.tsx'
import { FilePicker } from '../../ui/FilePicker.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { ACCEPT } from './file.ts'

type AddProps = {
  readonly clearance: Label
  readonly onAdd: (files: readonly File[], label: Label) => void
  readonly onClose: () => void
}

/** Highest first chosen: a document that is classified too high hides, one that is too low shows. */
export function AddDocuments(props: AddProps) {
  const [level, setLevel] = createSignal<Level>(props.clearance.level)
  const [markings, setMarkings] = createSignal(props.clearance.markings)
  const mark = (marking: string, on: boolean) =>
    setMarkings((before) => props.clearance.markings.filter((each) => (each === marking ? on : before.includes(each))))
  function add(files: readonly File[]): void {
    if (files.length === 0) return
    props.onAdd(files, { level: level(), markings: markings() })
    props.onClose()
  }
  return (
    <Modal title="Add documents" onClose={props.onClose}>
      <p class="mb-4 text-sm text-ink-2">
        Markdown, text or PDF, at most {sizeText(DOCUMENTS.file)} each. Members whose clearance covers the classification can see
        and search them.
      </p>
      <LevelChoice clearance={props.clearance} level={level()} onLevel={setLevel} />
      <Show when={props.clearance.markings.length > 0}>
        <fieldset class="mt-4">
          <legend class="mb-1 text-sm font-medium">Markings</legend>
          <For each={props.clearance.markings}>
            {(marking) => (
              <label class="flex items-center gap-2 py-1 text-sm">
                <input
                  type="checkbox"
                  checked={markings().includes(marking)}
                  onChange={(event) => mark(marking, event.currentTarget.checked)}
                />
                {marking}
              </label>
            )}
          </For>
        </fieldset>
      </Show>
      <div class="mt-5 flex justify-end gap-2">
        <Button onClick={props.onClose}>Cancel</Button>
        <FilePicker accept={ACCEPT} onFiles={add}>
          {(pick) => (
            <Button tone="accent" onClick={pick}>
              <FileUp size={15} aria-hidden="true" /> Choose files
            </Button>
          )}
        </FilePicker>
      </div>
    </Modal>
  )
}

type LevelProps = { readonly clearance: Label; readonly level: Level; readonly onLevel: (level: Level) => void }

function LevelChoice(props: LevelProps) {
  return (
    <label class="block text-sm font-medium">
      Classification
      <select
        class="field mt-1 font-normal"
        value={props.level}
        onChange={(event) => props.onLevel(event.currentTarget.value as Level)}
      >
        <For each={dominated(props.clearance.level)}>{(level) => <option value={level}>{level}</option>}</For>
      </select>
    </label>
  )
}
