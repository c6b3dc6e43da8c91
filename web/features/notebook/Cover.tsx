// What stands in the place of the notebook when there is nothing of it to show.
import { type JSX, Match, Show, Switch } from 'solid-js'
import type { Refusal } from '#protocol/api.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty, Reference } from '../../ui/Notice.tsx'
import { diedRunning, type Ending, endingWords, openedOf, outlived, quotable, type Session } from './session.ts'

type CoverProps = {
  readonly session: Session
  readonly onReopen: () => void
  readonly onStill: () => void
  readonly onLeave: () => void
  readonly kernels: JSX.Element // one's running kernels, where their number is the limit
}

export function Cover(props: CoverProps) {
  const refusal = () => (props.session.view.at === 'refused' ? props.session.view.refusal : null)
  const ending = () =>
    props.session.view.at === 'ended' && outlived(props.session.view) === null ? props.session.view.ending : null
  return (
    <Switch>
      <Match when={props.session.view.at === 'moved'}>
        <Moved {...props} />
      </Match>
      <Match when={refusal()}>{(refused) => <NotOpened {...props} refused={refused()} />}</Match>
      <Match when={ending()}>{(end) => <Ended {...props} end={end()} />}</Match>
    </Switch>
  )
}

function Moved(props: CoverProps) {
  return (
    <div class="cover">
      <Empty
        title="Opened in another tab"
        actions={
          <Button tone="accent" onClick={props.onReopen}>
            Take it back
          </Button>
        }
      >
        One tab at a time holds a notebook. The kernel, its variables and outputs go along.
      </Empty>
    </div>
  )
}

function NotOpened(props: CoverProps & { readonly refused: Refusal }) {
  return (
    <div class="cover" role="alert">
      <Empty
        title="This notebook did not open"
        actions={
          <>
            <Button tone="accent" onClick={props.onReopen}>
              Start again
            </Button>
            <Button onClick={props.onLeave}>To the notebooks</Button>
          </>
        }
      >
        {props.refused.message}
        <br />
        <Reference refusal={props.refused} />
      </Empty>
      <Show when={props.refused.code === 'too-many-kernels'}>{props.kernels}</Show>
    </div>
  )
}

const TITLES: Partial<Record<Ending['cause'], string>> = {
  stopped: 'The kernel was shut down',
  revoked: 'Not yours to see any more',
}

function Ended(props: CoverProps & { readonly end: Ending }) {
  return (
    <div class="cover" role="alert">
      <Empty
        title={TITLES[props.end.cause] ?? 'The kernel has ended'}
        actions={
          <>
            <Button tone={props.end.cause === 'revoked' ? 'plain' : 'accent'} onClick={props.onReopen}>
              Start again
            </Button>
            <Show when={diedRunning(props.end)}>
              <Button onClick={props.onStill}>Open without running</Button>
            </Show>
            <Show when={props.end.cause === 'revoked'}>
              <Button tone="accent" onClick={props.onLeave}>
                To the notebooks
              </Button>
            </Show>
          </>
        }
      >
        {endingWords(props.end, openedOf(props.session)?.mode ?? 'run')}
        <br />
        <span class="font-mono text-xs select-all">{quotable(props.end)}</span>
      </Empty>
    </div>
  )
}
