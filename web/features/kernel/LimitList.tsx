// Every limit a person can meet, with its value and what happens at it.
import { createQuery } from '@tanstack/solid-query'
import { For } from 'solid-js'
import { useApi } from '../../net/context.ts'
import { Query } from '../../ui/Query.tsx'

export function LimitList() {
  const api = useApi()
  const limits = createQuery(() => ({
    queryKey: ['limits'],
    queryFn: () => api('GET /api/limits'),
    staleTime: Number.POSITIVE_INFINITY,
  }))
  return (
    <Query query={limits}>
      {(list) => (
        <dl>
          <For each={list()}>
            {(limit) => (
              <div class="grid grid-cols-[1fr_auto] items-baseline gap-x-3 border-b border-line/60 px-4 py-2.5 text-sm">
                <dt class="font-medium">{limit.name}</dt>
                <dd class="numeric whitespace-nowrap">{limit.value}</dd>
                <dd class="col-span-2 mt-0.5 text-xs text-ink-2">{limit.what}</dd>
              </div>
            )}
          </For>
        </dl>
      )}
    </Query>
  )
}
