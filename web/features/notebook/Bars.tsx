// What is said across the top of an opened notebook: somebody else edits, the lease was lost, the kernel has ended.
import { type JSX, Match, Show, Switch } from 'solid-js'
import { createNow } from '../../primitives/createNow.ts'
import { clock } from '../../primitives/format.ts'
import { Button } from '../../ui/Button.tsx'
import { Banner } from '../../ui/Notice.tsx'
import { openedOf, type Session } from './session.ts'

type BarsProps = {
  readonly session: Session
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onAsk: () => void
  readonly onReopen: () => void
  readonly onDraft: () => void
  readonly onDismiss: () => void
}

export function Bars(props: BarsProps) {
  return (
    <>
      <Lost {...props} />
      <Show when={openedOf(props.session)?.mode === 'run'}>
        <Reading {...props} />
      </Show>
      <IdleWarning stopsAt={props.session.stopsAt} />
      <Ended {...props} />
    </>
  )
}

function Reading(props: BarsProps) {
  const now = createNow(1000, () => props.session.ask.state === 'asking')
  const opened = () => openedOf(props.session)
  const editor = () => opened()?.notebook.editor ?? null
  const left = () =>
    props.session.ask.state === 'asking' ? Math.max(0, Math.ceil((props.session.ask.answerBy - now()) / 1000)) : 0
  const mayEdit = () => opened()?.notebook.rights !== 'view'
  const source = (): JSX.Element => (
    <Show when={opened()?.source !== null}>
      <Button size="small" aria-pressed={props.sourceShown} onClick={props.onSource}>
        {props.sourceShown ? 'Hide the source' : 'Show the source'}
      </Button>
    </Show>
  )
  return (
    <Switch>
      <Match when={props.session.ask.state === 'asking'}>
        <Banner actions={source()}>
          Asked {editor()?.name ?? 'the editor'} to hand over. Without an answer it is yours in{' '}
          <span class="numeric">{left()} s</span>.
        </Banner>
      </Match>
      <Match when={mayEdit()}>
        <Banner
          actions={
            <>
              {source()}
              <Show
                when={editor()}
                fallback={
                  <Button size="small" tone="accent" onClick={props.onReopen}>
                    Edit it now
                  </Button>
                }
              >
                <Button size="small" tone="accent" onClick={props.onAsk}>
                  Ask to edit
                </Button>
              </Show>
            </>
          }
        >
          <Show when={editor()} fallback="Nobody is editing this notebook now.">
            {(person) => (
              <>
                <strong class="font-semibold">{person().name} is editing.</strong> You see it read-only, run in your own kernel.
              </>
            )}
          </Show>
          <Show when={props.session.ask.state === 'kept'}> Your request was declined.</Show>
        </Banner>
      </Match>
      <Match when={opened()?.source !== null}>
        <Banner actions={source()}>Shared with you to read. It runs in your own kernel.</Banner>
      </Match>
    </Switch>
  )
}

function Lost(props: BarsProps) {
  const lost = () => (props.session.ask.state === 'lost' ? props.session.ask : null)
  return (
    <Show when={lost()}>
      {(ask) => (
        <Banner
          tone="warn"
          actions={
            <>
              <Show when={ask().draft}>
                <Button size="small" onClick={props.onDraft}>
                  Show the draft
                </Button>
              </Show>
              <Button size="small" tone="quiet" onClick={props.onDismiss}>
                Dismiss
              </Button>
            </>
          }
        >
          <strong class="font-semibold">{ask().to} is editing now.</strong>{' '}
          {ask().draft ? 'What you had not saved is kept as your draft.' : 'Everything you wrote was saved.'}
        </Banner>
      )}
    </Show>
  )
}

function IdleWarning(props: { readonly stopsAt: number | null }) {
  return (
    <Show when={props.stopsAt}>
      {(at) => (
        <Banner tone="warn">
          The kernel is idle and stops at <span class="numeric font-semibold">{clock(at())}</span>. Run a cell to keep it and its
          variables.
        </Banner>
      )}
    </Show>
  )
}

function Ended(props: BarsProps) {
  const ended = () => (props.session.view.at === 'ended' && props.session.view.rendered ? props.session.view.ending : null)
  return (
    <Show when={ended()}>
      {(ending) => (
        <Banner
          tone={ending().cause === 'stopped' || ending().cause === 'idle' ? 'warn' : 'bad'}
          actions={
            <Button size="small" tone="accent" onClick={props.onReopen}>
              Start again
            </Button>
          }
        >
          {ending().message} What you see is as it was; the variables are gone.
          <Show when={ending().id}>
            <span class="ml-2 font-mono text-xs text-ink-2 select-all">{ending().id}</span>
          </Show>
        </Banner>
      )}
    </Show>
  )
}
