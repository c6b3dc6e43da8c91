// What others share: the workspace's owner sees with whom, and takes it back. To open a notebook is another right.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { For, Show } from 'solid-js'
import type { Share } from '#protocol/api.ts'
import { type Grantee, SHARES_API, type SharedNotebook } from '#protocol/shares.ts'
import { usePeople } from '../../../net/context.ts'
import { say, sayRefused } from '../../../primitives/notices.ts'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'

const EVERY = 10_000 // ms; the owner is told of no share that is not theirs
const KEY = ['notebooks', 'shared by others'] as const

export function SharedNotebooks() {
  const api = usePeople().apiOf(SHARES_API)
  const client = useQueryClient()
  const shared = createQuery(() => ({
    queryKey: KEY,
    queryFn: ({ signal }) => api('GET /api/shares', { signal }),
    refetchInterval: EVERY,
    retry: false,
  }))
  async function stop({ notebook: { id, name } }: SharedNotebook, grantee: Grantee): Promise<void> {
    try {
      await api('DELETE /api/notebooks/:id/shares', { params: { id }, body: { with: grantee } })
      say(`Stopped sharing “${name}”`)
    } catch (error) {
      sayRefused(error)
    } finally {
      void client.invalidateQueries({ queryKey: KEY })
    }
  }
  return (
    <section aria-labelledby="shared" class="mt-8">
      <h2 id="shared" class="mb-2 text-base font-semibold">
        Shared notebooks
      </h2>
      <Query query={shared}>
        {(all) => (
          <Show when={all().length > 0} fallback={<p class="py-4 text-sm text-ink-2">Nobody else shares a notebook.</p>}>
            <ul aria-label="Shared notebooks" class="border-t border-line">
              <For each={all()}>{(one) => <Row one={one} onStop={(grantee) => void stop(one, grantee)} />}</For>
            </ul>
          </Show>
        )}
      </Query>
    </section>
  )
}

function Row(props: { readonly one: SharedNotebook; readonly onStop: (grantee: Grantee) => void }) {
  return (
    <li class="border-b border-line/60 px-1.5 py-3 text-sm">
      <p>
        <span class="font-medium">{props.one.notebook.name}</span>
        <span class="ml-2 text-ink-2">of {props.one.author.name}</span>
      </p>
      <ul>
        <For each={props.one.shares}>
          {(share) => (
            <li class="mt-1.5 flex items-center gap-3 pl-4">
              <span class="min-w-0 grow truncate">{shareText(share)}</span>
              <Button
                size="small"
                aria-label={`Stop sharing ${props.one.notebook.name} with ${granteeText(share)}`}
                onClick={() => props.onStop(share.person?.id ?? 'workspace')}
              >
                Stop sharing
              </Button>
            </li>
          )}
        </For>
      </ul>
    </li>
  )
}

const granteeText = ({ person }: Share): string => person?.name ?? 'the whole workspace'
const shareText = (share: Share): string => `with ${granteeText(share)}, to ${share.right}`
