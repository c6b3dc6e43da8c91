import { For, Show } from 'solid-js'
import { dataOf } from '../../primitives/query.ts'
import { Modal } from '../../ui/Modal.tsx'
import { createHealth, LEVELS } from './Isolation.tsx'

export function About(props: { readonly onClose: () => void }) {
  const health = createHealth()
  const rows = (): readonly (readonly [string, string])[] => {
    const versions = dataOf(health)?.versions
    if (!versions) return []
    return [
      ['Scrydon Notebooks', versions.scrydon],
      ['marimo', versions.marimo ?? 'not known yet'],
      ['Python', versions.python ?? 'not known yet'],
      ['Node', versions.node],
    ]
  }
  return (
    <Modal title="About this server" onClose={props.onClose}>
      <dl class="text-sm">
        <For each={rows()}>
          {([name, version]) => (
            <div class="flex justify-between border-b border-line/60 py-1.5">
              <dt class="text-ink-2">{name}</dt>
              <dd class="font-mono text-xs leading-5">{version}</dd>
            </div>
          )}
        </For>
      </dl>
      <Show
        when={dataOf(health)?.isolation}
        fallback={<p class="mt-4 text-sm text-ink-2">The kernel runner is not there at the moment; notebooks cannot start.</p>}
      >
        {(isolation) => (
          <section class="mt-4 text-sm">
            <h3 class="font-medium">Isolation level {isolation().level} of 3</h3>
            <p class="mt-0.5 text-ink-2">{LEVELS[isolation().level]}.</p>
            <For each={isolation().why}>{(why) => <p class="mt-1 text-ink-2">{why}</p>}</For>
          </section>
        )}
      </Show>
    </Modal>
  )
}
