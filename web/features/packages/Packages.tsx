// What a kernel can import. The list is the operator's: locked with hashes, the same for everybody.

import { createQuery } from '@tanstack/solid-query'
import { createMemo, createSignal, For, Show } from 'solid-js'
import { useApi } from '../../net/context.ts'
import { matches } from '../../primitives/match.ts'
import { dataOf } from '../../primitives/query.ts'
import { Query } from '../../ui/Query.tsx'

export function Packages() {
  const api = useApi()
  const packages = createQuery(() => ({ queryKey: ['packages'], queryFn: () => api('GET /api/packages'), staleTime: 60_000 }))
  const [query, setQuery] = createSignal('')
  const found = createMemo(() => (dataOf(packages) ?? []).filter((each) => query().trim() === '' || matches(each.name, query())))
  return (
    <>
      <div class="border-b border-line p-4">
        <input
          type="search"
          class="field"
          aria-label="Search packages"
          placeholder="Search packages"
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </div>
      <Query query={packages}>
        {() => (
          <Show when={found().length > 0} fallback={<p class="p-4 text-sm text-ink-2">“{query()}” is not installed.</p>}>
            <ul aria-label="Packages" class="py-1">
              <For each={found()}>
                {(each) => (
                  <li class="flex items-baseline justify-between gap-3 px-4 py-1 text-sm [content-visibility:auto]">
                    <span class="truncate">{each.name}</span>
                    <span class="font-mono text-xs text-ink-2">{each.version}</span>
                  </li>
                )}
              </For>
            </ul>
          </Show>
        )}
      </Query>
      <section class="border-t border-line p-4 text-sm text-ink-2">
        <h3 class="mb-1 font-medium text-ink">Adding a package</h3>
        An operator of this server adds its name to <code class="font-mono text-xs text-ink">python/requirements.extra.txt</code>{' '}
        and runs <code class="font-mono text-xs text-ink">npm run packages</code>. Kernels started afterwards have it; restart a
        running one to use it there.
      </section>
    </>
  )
}
