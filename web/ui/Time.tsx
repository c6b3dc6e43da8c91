// A moment as people say it, with the exact time on hover. One clock for the page: no timer per row.

import { createRoot } from 'solid-js'
import { createNow } from '../primitives/createNow.ts'
import { ago, date } from '../primitives/format.ts'

const minute = createRoot(() => createNow(30_000))

export function Time(props: { readonly at: number }) {
  return (
    <time datetime={new Date(props.at).toISOString()} title={date(props.at)} class="numeric">
      {ago(props.at, Math.max(minute(), props.at))}
    </time>
  )
}
