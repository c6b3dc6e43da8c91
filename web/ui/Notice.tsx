// Parts that say something in place: a banner across, an empty place, a refusal.
import { type JSX, type ParentProps, Show } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import { LOCAL } from '../primitives/refused.ts'

type BannerProps = ParentProps<{ readonly tone?: 'info' | 'warn' | 'bad' | 'alarm'; readonly actions?: JSX.Element }>

export function Banner(props: BannerProps) {
  return (
    <div
      class="banner"
      data-tone={props.tone ?? 'info'}
      role={props.tone === 'bad' || props.tone === 'alarm' ? 'alert' : 'status'}
    >
      <div class="min-w-0 grow">{props.children}</div>
      <Show when={props.actions}>
        <div class="flex flex-wrap gap-2">{props.actions}</div>
      </Show>
    </div>
  )
}

type EmptyProps = ParentProps<{ readonly title: string; readonly icon?: JSX.Element; readonly actions?: JSX.Element }>

export function Empty(props: EmptyProps) {
  return (
    <div class="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center">
      <Show when={props.icon}>
        <div class="mb-4 grid size-12 place-items-center rounded-full bg-hover text-ink-3" aria-hidden="true">
          {props.icon}
        </div>
      </Show>
      <h2 class="text-base font-semibold">{props.title}</h2>
      <p class="mt-1.5 text-sm text-ink-2">{props.children}</p>
      <Show when={props.actions}>
        <div class="mt-5 flex flex-wrap justify-center gap-2">{props.actions}</div>
      </Show>
    </div>
  )
}

/** The id is what a person quotes and an operator searches the log for. */
export function Reference(props: { readonly refusal: Refusal }) {
  return (
    <Show when={props.refusal.id !== LOCAL}>
      <span class="font-mono text-xs text-ink-2 select-all">
        {props.refusal.code} · {props.refusal.id}
      </span>
    </Show>
  )
}

export function Kbd(props: ParentProps) {
  return <kbd class="kbd">{props.children}</kbd>
}
