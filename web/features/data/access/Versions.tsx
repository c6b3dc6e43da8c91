// Every version of a policy: who, when, why. An older one can be taken into the editor.
import { createQuery } from '@tanstack/solid-query'
import { For, Show } from 'solid-js'
import type { PolicyVersion } from '#protocol/managed.ts'
import type { Policy } from '#protocol/policy/policy.ts'
import { Button } from '../../../ui/Button.tsx'
import { Query } from '../../../ui/Query.tsx'
import { Time } from '../../../ui/Time.tsx'
import { useManaged } from '../queries.ts'

type VersionsProps = {
  readonly table: string
  readonly version: number
  readonly onTake: (policy: Policy) => void
}

export function Versions(props: VersionsProps) {
  const api = useManaged()
  const versions = createQuery(() => ({
    queryKey: ['data', 'versions', props.table, props.version],
    queryFn: ({ signal }) => api('GET /api/policies/:table/versions', { params: { table: props.table }, signal }),
    retry: false,
  }))
  return (
    <section aria-label="Versions">
      <h3 class="mb-1 text-base font-semibold">Versions</h3>
      <Query query={versions}>
        {(all) => (
          <Show when={all().length > 0} fallback={<p class="py-2 text-sm text-ink-2">Nothing has been decided yet.</p>}>
            <ol aria-label="Versions">
              <For each={all()}>
                {(version, at) => (
                  <One
                    version={version}
                    newest={at() === 0}
                    onTake={() => props.onTake(JSON.parse(JSON.stringify(version.policy)))}
                  />
                )}
              </For>
            </ol>
          </Show>
        )}
      </Query>
    </section>
  )
}

type OneProps = {
  readonly version: PolicyVersion
  readonly newest: boolean
  readonly onTake: () => void
}

function One(props: OneProps) {
  return (
    <li class="border-b border-line/60 py-2.5 text-sm">
      <p class="flex items-baseline justify-between gap-2">
        <span class="font-medium">Version {props.version.version}</span>
        <span class="text-xs text-ink-2">
          <Time at={props.version.at} />
        </span>
      </p>
      <p class="text-ink-2 select-text">
        {props.version.by.name}: {props.version.reason}
      </p>
      <Show when={!props.newest}>
        <Button
          size="small"
          tone="quiet"
          class="mt-1 -ml-2"
          aria-label={`Take version ${props.version.version} into the editor`}
          onClick={props.onTake}
        >
          Take into the editor
        </Button>
      </Show>
    </li>
  )
}
