// What is said across the top of an opened notebook: somebody else edits, the lease was lost, the kernel has ended.
import { Show, Suspense } from 'solid-js'
import { Button } from '../../ui/Button.tsx'
import { lazily } from '../../ui/lazily.tsx'
import { Banner } from '../../ui/Notice.tsx'
import { ReadingBar } from './ReadingBar.tsx'
import { diedRunning, endingWords, isVisible, openedOf, outlived, quotable, type Session } from './session.ts'

const PreviewBar = lazily(() => import('./PreviewBar.tsx').then((module) => module.PreviewBar))

type BarsProps = {
  readonly session: Session
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onAsk: () => void
  readonly onReopen: () => void
  readonly onDraft: () => void
  readonly onLoad: () => void
  readonly onRun: () => void
  readonly onStill: () => void
  readonly onTrust: () => void
  readonly onBack: () => void
}

export function Bars(props: BarsProps) {
  return (
    <>
      <Show
        when={props.session.preview}
        fallback={
          <Show when={openedOf(props.session)?.mode === 'run'}>
            <ReadingBar {...props} />
          </Show>
        }
      >
        {(as) => (
          <Suspense>
            <PreviewBar as={as()} onBack={props.onBack} />
          </Suspense>
        )}
      </Show>
      <Restricted {...props} />
      <Still {...props} />
      <Ended {...props} />
    </>
  )
}

function Restricted(props: BarsProps) {
  return (
    <Show when={openedOf(props.session)?.restricted && isVisible(props.session)}>
      <Banner
        tone="warn"
        actions={
          <Button size="small" tone="accent" title="Its kernel starts again" onClick={props.onTrust}>
            Trust this version
          </Button>
        }
      >
        <strong class="font-semibold">Somebody else has changed this notebook.</strong> Until you trust it nothing runs by itself,
        and cells that you run read tables as you, but change nothing and ask no models.
      </Banner>
    </Show>
  )
}

function Still(props: BarsProps) {
  return (
    <Show when={props.session.still && isVisible(props.session) && props.session.view.at !== 'ended'}>
      <Banner
        tone="info"
        actions={
          <Button size="small" tone="accent" onClick={props.onRun}>
            Run it
          </Button>
        }
      >
        <strong class="font-semibold">Nothing has run.</strong>{' '}
        {props.session.died
          ? `Running it ended the kernel the last time: ${props.session.died.message}`
          : 'It was opened without running, so there are no outputs yet.'}
      </Banner>
    </Show>
  )
}

function Ended(props: BarsProps) {
  const ended = () => outlived(props.session.view)
  const mode = () => openedOf(props.session)?.mode ?? 'run'
  return (
    <Show when={ended()}>
      {(ending) => (
        <Banner
          tone={ending().cause === 'stopped' || ending().cause === 'idle' ? 'warn' : 'bad'}
          actions={
            <>
              <Show when={diedRunning(ending())}>
                <Button size="small" onClick={props.onStill}>
                  Open without running
                </Button>
              </Show>
              <Button size="small" tone="accent" onClick={props.onReopen}>
                Start again
              </Button>
            </>
          }
        >
          {endingWords(ending(), mode())} {stillThere(ending().message)}
          <Show when={quotable(ending())}>
            {(id) => <span class="ml-2 font-mono text-xs text-ink-2 select-all">{id()}</span>}
          </Show>
        </Banner>
      )}
    </Show>
  )
}

/** What is left of it, said once: some causes name the variables themselves. */
const stillThere = (message: string): string =>
  message.includes('variables') ? 'What you see is as it was.' : 'What you see is as it was; the variables are gone.'
