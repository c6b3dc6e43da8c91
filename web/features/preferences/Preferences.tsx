import { For } from 'solid-js'
import { usePeople } from '../../net/context.ts'
import type { Wishes } from '../../net/person.ts'
import { sayRefused } from '../../primitives/notices.ts'
import type { Choice } from '../../primitives/theme.ts'
import { Modal } from '../../ui/Modal.tsx'

type PreferencesProps = {
  readonly onTheme: (choice: Choice) => void
  readonly singleKeys: boolean
  readonly onSingleKeys: (on: boolean) => void
  readonly onClose: () => void
}

const THEMES: readonly { value: Choice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]

export function Preferences(props: PreferencesProps) {
  const people = usePeople()
  const wishes = (): Wishes => {
    const who = people.who()
    return who.state === 'signed-in' ? who.preferences : { autorun: false, theme: 'system', editor: {} }
  }
  function change(next: Partial<Wishes>): void {
    if (next.theme) props.onTheme(next.theme)
    people.prefer({ ...wishes(), ...next }).catch(sayRefused)
  }
  return (
    <Modal title="Preferences" onClose={props.onClose}>
      <fieldset class="mb-5">
        <legend class="mb-2 text-sm font-medium">Theme</legend>
        <div class="flex gap-2">
          <For each={THEMES}>
            {(theme) => (
              <label class="choice">
                <input
                  type="radio"
                  name="theme"
                  class="sr-only"
                  checked={wishes().theme === theme.value}
                  onChange={() => change({ theme: theme.value })}
                />
                {theme.label}
              </label>
            )}
          </For>
        </div>
      </fieldset>
      <Switch
        label="Run my own notebooks when they are opened"
        checked={wishes().autorun}
        onChange={(autorun) => change({ autorun })}
      >
        Off, a notebook opens for editing with nothing run. Notebooks of others always open that way.
      </Switch>
      <Switch label="Single-key shortcuts" checked={props.singleKeys} onChange={props.onSingleKeys}>
        “/” searches and “?” shows the shortcuts. Kept in this browser.
      </Switch>
    </Modal>
  )
}

type SwitchProps = {
  readonly label: string
  readonly checked: boolean
  readonly children: string
  readonly onChange: (on: boolean) => void
}

function Switch(props: SwitchProps) {
  return (
    <label class="flex items-start gap-3 border-t border-line py-3.5 last:pb-0">
      <span class="grow">
        <span class="block text-sm font-medium">{props.label}</span>
        <span class="mt-0.5 block text-sm text-ink-2">{props.children}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        aria-label={props.label}
        aria-checked={props.checked}
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </label>
  )
}
