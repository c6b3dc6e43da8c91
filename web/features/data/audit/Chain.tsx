// Whether the record is as it was written: the server follows its chain of hashes from the first row to the last.
import { createQuery } from '@tanstack/solid-query'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { Match, Switch } from 'solid-js'
import { count } from '../../../primitives/format.ts'
import { dataOf } from '../../../primitives/query.ts'
import { refusalOf } from '../../../primitives/refused.ts'
import { useManaged } from '../queries.ts'

export function Chain() {
  const api = useManaged()
  const chain = createQuery(() => ({
    queryKey: ['data', 'chain'],
    queryFn: () => api('GET /api/audit/chain'),
    retry: false,
    staleTime: 10_000,
  }))
  const verdict = () => dataOf(chain)
  const whole = () => {
    const found = verdict()
    return found?.holds ? found : null
  }
  const broken = () => {
    const found = verdict()
    return found && !found.holds ? found : null
  }
  return (
    <p class="ml-auto flex items-center gap-2 text-sm" role="status" aria-label="Chain">
      <Switch fallback={<span class="text-ink-2">Following the chain …</span>}>
        <Match when={whole()}>
          {(found) => (
            <>
              <ShieldCheck size={15} class="text-ok" aria-hidden="true" />
              <span>
                The chain holds: {count(found().rows, 'row')}, the last{' '}
                <span class="font-mono text-xs select-text">{found().hash}</span>
              </span>
            </>
          )}
        </Match>
        <Match when={broken()}>
          {(found) => (
            <>
              <TriangleAlert size={15} class="text-bad" aria-hidden="true" />
              <strong class="font-semibold text-bad">The chain is broken at row {found().seq}</strong>
            </>
          )}
        </Match>
        <Match when={chain.isError}>
          <span class="text-bad">{refusalOf(chain.error).message}</span>
        </Match>
      </Switch>
    </p>
  )
}
