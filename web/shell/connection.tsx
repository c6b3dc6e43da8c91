// What is said of the connection: nothing for two seconds, then a banner with what to do. Reading goes on meanwhile.
import { createEffect, createMemo, createSignal, onCleanup, Show } from 'solid-js'
import { CLOSE } from '#protocol/close.ts'
import { Button } from '../ui/Button.tsx'
import { Banner } from '../ui/Notice.tsx'
import type { Connection } from './link.ts'

const BLINK = 2_000 // ms a drop may last before it is worth a word

export function ConnectionBanner(props: { readonly connection: Connection; readonly onRetry: () => void }) {
  const [shown, setShown] = createSignal(false)
  const away = createMemo(
    () => props.connection.at === 'connecting' || props.connection.at === 'waiting' || props.connection.at === 'gaveUp',
  )
  createEffect(() => {
    if (!away()) return
    const timer = setTimeout(() => setShown(true), BLINK)
    onCleanup(() => {
      clearTimeout(timer)
      setShown(false)
    })
  })
  const gaveUp = () => (props.connection.at === 'gaveUp' ? props.connection.reason : null)
  return (
    <Show when={shown()}>
      <Banner
        tone="warn"
        actions={
          <Button size="small" onClick={props.onRetry}>
            Retry now
          </Button>
        }
      >
        <Show
          when={gaveUp()}
          fallback={
            <>
              <strong class="font-semibold">No connection to the server.</strong> You can go on reading; what you run or write is
              sent when it is back.
            </>
          }
        >
          {(reason) => (
            <>
              <strong class="font-semibold">The server ended the connection.</strong> {CLOSE[reason()].text}
            </>
          )}
        </Show>
      </Banner>
    </Show>
  )
}
