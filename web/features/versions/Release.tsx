// The newest version waits for some of those whom the notebook is shared with: what it holds, and the press that gives it to them.
import { createQuery, useQueryClient } from '@tanstack/solid-query'
import { Show } from 'solid-js'
import { RELEASES_API, type Releasable } from '#protocol/releases.ts'
import { usePeople } from '../../net/context.ts'
import { labelText } from '../../primitives/label.ts'
import { say, sayRefused } from '../../primitives/notices.ts'
import { dataOf } from '../../primitives/query.ts'
import { Button } from '../../ui/Button.tsx'
import { Literals } from '../../ui/Literals.tsx'

export function Release(props: { readonly id: string }) {
  const api = usePeople().apiOf(RELEASES_API)
  const client = useQueryClient()
  const releasable = createQuery(() => ({
    queryKey: ['versions', props.id, 'release'],
    queryFn: () => api('GET /api/notebooks/:id/release', { params: { id: props.id } }),
  }))
  const waiting = () => {
    const found = dataOf(releasable)
    return found?.waits ? found : null
  }
  async function release({ version, digest }: Releasable): Promise<void> {
    try {
      await api('POST /api/notebooks/:id/release', { params: { id: props.id }, body: { version, digest } })
      say('The current version is released')
    } catch (error) {
      sayRefused(error)
    } finally {
      void client.invalidateQueries({ queryKey: ['versions', props.id] })
    }
  }
  return (
    <Show when={waiting()}>
      {(now) => (
        <section aria-label="Release" class="border-b border-line px-4 py-3 text-sm">
          <p>
            The current version counts as <strong class="font-semibold">{labelText(now().label)}</strong>, above the clearance of
            some with whom the notebook is shared. They keep the last version that is theirs.
          </p>
          <Literals {...now()} />
          <Button size="small" tone="accent" class="mt-2" onClick={() => void release(now())}>
            Release it to them
          </Button>
        </section>
      )}
    </Show>
  )
}
