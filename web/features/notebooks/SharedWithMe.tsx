// Notebooks of others that were shared with this person by name.
import Users from 'lucide-solid/icons/users'
import { For } from 'solid-js'
import type { Notebook } from '#protocol/api.ts'

export function SharedWithMe(props: { readonly notebooks: readonly Notebook[] }) {
  return (
    <section aria-label="Shared with me" class="mb-3 flex-none rounded-[10px] border border-line px-4 py-3">
      <h2 class="mb-1.5 flex items-center gap-2 text-sm font-semibold">
        <Users size={15} class="text-ink-3" aria-hidden="true" /> Shared with me
      </h2>
      <ul class="flex max-h-32 flex-wrap gap-x-6 gap-y-1.5 overflow-auto text-sm">
        <For each={props.notebooks}>
          {(notebook) => (
            <li class="min-w-0">
              <a class="font-medium underline-offset-2 hover:underline" href={`/n/${notebook.id}`}>
                {notebook.name}
              </a>
              <span class="ml-2 text-ink-2">
                of {notebook.author.name}, to {notebook.rights === 'edit' ? 'edit' : 'view'}
              </span>
            </li>
          )}
        </For>
      </ul>
    </section>
  )
}
