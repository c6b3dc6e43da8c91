// One asked-for thing: skeleton while it comes, the refusal with its id when it does not, else the thing.

import type { UseQueryResult } from '@tanstack/solid-query'
import { type Accessor, type JSX, Match, Switch } from 'solid-js'
import { dataOf } from '../primitives/query.ts'
import { refusalOf } from '../primitives/refused.ts'
import { Button } from './Button.tsx'
import { Reference } from './Notice.tsx'

type QueryProps<T> = { readonly query: UseQueryResult<T>; readonly children: (data: Accessor<T>) => JSX.Element }

export function Query<T>(props: QueryProps<T>) {
  return (
    <Switch>
      <Match when={dataOf(props.query) !== undefined && { data: dataOf(props.query) }}>
        {(found) => props.children(() => found().data as T)}
      </Match>
      <Match when={props.query.isError}>
        <div class="p-4 text-sm" role="alert">
          <p class="mb-1">{refusalOf(props.query.error).message}</p>
          <p class="mb-3">
            <Reference refusal={refusalOf(props.query.error)} />
          </p>
          <Button size="small" onClick={() => void props.query.refetch()}>
            Try again
          </Button>
        </div>
      </Match>
      <Match when>
        <div class="flex flex-col gap-3 p-4" role="status" aria-label="Loading">
          <div class="skeleton h-6 w-4/5" />
          <div class="skeleton h-6 w-3/5" />
          <div class="skeleton h-6 w-2/3" />
        </div>
      </Match>
    </Switch>
  )
}
