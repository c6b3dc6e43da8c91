import { For } from 'solid-js'
import { keysOf, SHORTCUTS, type Shortcut } from '../primitives/keys.ts'
import { Modal } from '../ui/Modal.tsx'
import { Kbd } from '../ui/Notice.tsx'

type Line = readonly [keys: string, what: string]
const own = (name: Shortcut): Line => [keysOf(name), SHORTCUTS[name].what]

const GROUPS: readonly { readonly title: string; readonly keys: readonly Line[] }[] = [
  {
    title: 'Anywhere',
    keys: [own('palette'), own('next'), own('previous'), own('save'), own('cross'), own('list')],
  },
  {
    title: 'In the list',
    keys: [own('search'), ['↑ ↓', 'Move'], ['Enter', 'Open'], ['F2', 'Rename'], ['Delete', 'Move to the trash'], own('undo')],
  },
  {
    title: 'On a tab',
    keys: [
      ['← →', 'Move'],
      ['Delete', 'Close'],
    ],
  },
]

export function Shortcuts(props: { readonly onClose: () => void }) {
  return (
    <Modal
      title="Keyboard shortcuts"
      note="Inside a notebook marimo’s own shortcuts apply; its command palette lists them."
      onClose={props.onClose}
    >
      <For each={GROUPS}>
        {(group) => (
          <section class="mt-4 first:mt-0">
            <h3 class="mb-1.5 text-xs font-medium text-ink-2">{group.title}</h3>
            <dl>
              <For each={group.keys}>
                {([keys, what]) => (
                  <div class="flex items-center justify-between border-b border-line/60 py-1.5 text-sm">
                    <dt>{what}</dt>
                    <dd class="flex gap-1">
                      <For each={keys.split(' ')}>{(key) => <Kbd>{key}</Kbd>}</For>
                    </dd>
                  </div>
                )}
              </For>
            </dl>
          </section>
        )}
      </For>
    </Modal>
  )
}
