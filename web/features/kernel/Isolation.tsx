// How well kernels are kept apart on this machine, as measured at the start and reported by /healthz.

import { createQuery } from '@tanstack/solid-query'
import ShieldAlert from 'lucide-solid/icons/shield-alert'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import { Show } from 'solid-js'
import { useApi } from '../../net/context.ts'
import { dataOf } from '../../primitives/query.ts'
import { Banner } from '../../ui/Notice.tsx'
import { IconButton } from '../../ui/Tip.tsx'

export const SAFE = 2 // from this level on, kernels of different people are apart by namespaces and uids

export function createHealth() {
  const api = useApi()
  return createQuery(() => ({
    queryKey: ['health'],
    queryFn: () => api('GET /healthz'),
    staleTime: 30_000,
    refetchInterval: 60_000,
  }))
}

export const LEVELS = [
  'Kernels are not kept apart',
  'Kernels are kept apart in part only',
  'Kernels are kept apart by namespaces',
  'Each kernel has its own sandbox, user and network',
] as const

export function Isolation() {
  const health = createHealth()
  const level = () => dataOf(health)?.isolation?.level ?? null
  return (
    <Show when={level() !== null && (level() ?? 0) >= SAFE}>
      <IconButton label={`Isolation level ${level()} of 3`} text={`Isolation level ${level()} of 3. ${LEVELS[level() ?? 0]}.`}>
        <ShieldCheck size={16} />
      </IconButton>
    </Show>
  )
}

/** Cannot be dismissed: below level 2 another person's code may reach one's own. */
export function InsecureBanner() {
  const health = createHealth()
  const isolation = () => {
    const known = dataOf(health)?.isolation
    return known && known.level < SAFE ? known : null
  }
  return (
    <Show when={isolation()}>
      {(known) => (
        <Banner tone="alarm">
          <ShieldAlert size={15} class="mr-2 inline align-[-3px]" aria-hidden="true" />
          <strong class="font-semibold">Isolation level {known().level}: kernels are not kept apart on this server.</strong>{' '}
          {known().why.join(' ')}
        </Banner>
      )}
    </Show>
  )
}
