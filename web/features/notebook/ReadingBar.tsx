// Above a notebook that one reads: who edits it, whether the lease was asked for or lost, and the way to edit.
import { Match, Show, Switch } from 'solid-js'
import { createNow } from '../../primitives/createNow.ts'
import { Button } from '../../ui/Button.tsx'
import { Banner } from '../../ui/Notice.tsx'
import { Progress } from './Progress.tsx'
import { isAlive, openedOf, type Session, type Written } from './session.ts'

type ReadingProps = {
  readonly session: Session
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onAsk: () => void
  readonly onReopen: () => void
  readonly onDraft: () => void
  readonly onLoad: () => void
  readonly onStop: () => void
  readonly onDuplicate: () => void
}

export function ReadingBar(props: ReadingProps) {
  const opened = () => openedOf(props.session)
  const waits = () => opened()?.notebook.sees === 'older' && !props.session.newer
  const draft = () => props.session.ask.state === 'lost' && props.session.ask.written === 'draft'
  const alive = () => isAlive(props.session)
  const more = () => opened()?.notebook.rights !== 'view' || opened()?.source !== null || props.session.newer
  const actions = () => more() || draft() || alive()
  return (
    <Banner
      tone={props.session.ask.state === 'lost' ? 'warn' : 'info'}
      actions={actions() && <Actions {...props} draft={draft()} />}
    >
      <Words session={props.session} />
      <Show when={!opened()?.notebook.mine}>
        {' '}
        {alive() ? 'Running as you' : 'It ran as you'}: no result of the author is shown.
      </Show>
      <Show when={props.session.newer}> A newer version has been saved.</Show>
      <Show when={waits()}> A newer version is not for you yet: {opened()?.notebook.author.name} can release it.</Show>
      <Show when={alive()}>
        {' '}
        <Progress run={props.session.run} />
      </Show>
    </Banner>
  )
}

function Actions(props: ReadingProps & { readonly draft: boolean }) {
  const opened = () => openedOf(props.session)
  const book = () => opened()?.notebook
  const mayEdit = () => book()?.rights !== 'view' && book()?.sees === 'newest' && props.session.ask.state !== 'asking'
  return (
    <>
      <Show when={props.draft}>
        <Button size="small" onClick={props.onDraft}>
          Show the draft
        </Button>
      </Show>
      <Show when={props.session.newer}>
        <Button size="small" onClick={props.onLoad}>
          Load it
        </Button>
      </Show>
      <Show when={opened()?.source !== null}>
        <Button size="small" onClick={props.onSource}>
          {props.sourceShown ? 'Hide the source' : 'Show the source'}
        </Button>
        <Button size="small" title="A notebook of your own, which begins as this one is" onClick={props.onDuplicate}>
          Duplicate to edit
        </Button>
      </Show>
      <Show when={mayEdit()}>
        <Show
          when={opened()?.notebook.editor}
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
      </Show>
      <Show when={isAlive(props.session)}>
        <Button size="small" title="Ends your kernel; what is shown stays to be read" onClick={props.onStop}>
          Stop
        </Button>
      </Show>
    </>
  )
}

const WRITTEN: Readonly<Record<Written, string>> = {
  saved: 'Everything you wrote was saved.',
  draft: 'What you had not saved is kept as your draft.',
  waiting: 'What you had not saved becomes your draft when the server is back. Leave this page open.',
  unknown: 'What you wrote in the last moment may not have been saved.',
}

function Words(props: { readonly session: Session }) {
  const opened = () => openedOf(props.session)
  const editor = () => opened()?.notebook.editor?.name ?? null
  const lost = () => (props.session.ask.state === 'lost' ? props.session.ask : null)
  const asking = () => (props.session.ask.state === 'asking' ? props.session.ask : null)
  return (
    <Switch>
      <Match when={asking()}>
        {(ask) => (
          <>
            Asked {editor() ?? 'the editor'} to hand over. Without an answer it is yours <Countdown to={ask().answerBy} />.
          </>
        )}
      </Match>
      <Match when={lost()}>
        {(ask) => (
          <>
            <strong class="font-semibold">
              <Switch fallback={`${ask().to ?? editor() ?? 'Somebody else'} is editing now.`}>
                <Match when={opened()?.notebook.rights === 'view'}>It is shared with you to read now, no longer to edit.</Match>
                <Match when={opened()?.notebook.sees !== 'newest'}>The newest version is above what you are cleared for.</Match>
              </Switch>
            </strong>{' '}
            {WRITTEN[ask().written]}
          </>
        )}
      </Match>
      <Match when={opened()?.notebook.rights === 'view'}>Shared with you to read.</Match>
      <Match when={editor()}>
        <strong class="font-semibold">{editor()} is editing.</strong> You see it run in your own kernel.
        <Show when={props.session.ask.state === 'kept'}> Your request was declined.</Show>
      </Match>
      <Match when>Nobody is editing this notebook now.</Match>
    </Switch>
  )
}

/** Counts for the eye; a screen reader is told once, not every second. */
function Countdown(props: { readonly to: number }) {
  const now = createNow(1000)
  return (
    <>
      <span class="sr-only">in 15 seconds</span>
      <span class="numeric" aria-hidden="true">
        in {Math.max(0, Math.ceil((props.to - now()) / 1000))} s
      </span>
    </>
  )
}
