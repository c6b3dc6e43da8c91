// What is said across the top of an opened notebook: somebody else edits, the lease was lost, the kernel has ended.
import { Show } from 'solid-js'
import { Button } from '../../ui/Button.tsx'
import { Banner } from '../../ui/Notice.tsx'
import { PreviewBar } from './PreviewBar.tsx'
import { progressOf } from './progress.ts'
import { ReadingBar } from './ReadingBar.tsx'
import { diedRunning, type Ending, endingWords, isVisible, openedOf, outlived, quotable, type Session } from './session.ts'

type BarsProps = {
  readonly session: Session
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onAsk: () => void
  readonly onReopen: () => void
  readonly onDraft: () => void
  readonly onLoad: () => void
  readonly onStop: () => void
  readonly onDuplicate: () => void
  readonly onRun: () => void
  readonly onStill: () => void
  readonly onTrust: () => void
  readonly onBack: () => void
}

export function Bars(props: BarsProps) {
  return (
    <>
      <Show when={openedOf(props.session)?.mode === 'run' && isVisible(props.session)}>
        <Show when={props.session.preview} fallback={<ReadingBar {...props} />}>
          {(as) => <PreviewBar as={as()} onBack={props.onBack} />}
        </Show>
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
  const words = (ending: Ending) => (mode() === 'run' ? readerWords(ending, props.session) : editorWords(ending))
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
                {mode() === 'run' ? 'Run again' : 'Start again'}
              </Button>
            </>
          }
        >
          {words(ending())}
          <Show when={quotable(ending())}>
            {(id) => <span class="ml-2 font-mono text-xs text-ink-2 select-all">{id()}</span>}
          </Show>
        </Banner>
      )}
    </Show>
  )
}

/** What is left of it, said once: some causes name the variables themselves. */
const editorWords = (ending: Ending): string =>
  `${endingWords(ending, 'edit')} What you see is as it was${ending.message.includes('variables') ? '.' : '; the variables are gone.'}`

/** How far it had come, and that nothing of the page answers any more. */
function readerWords(ending: Ending, { run }: Session): string {
  const came = progressOf(run)
  const stopped = came ? `Stopped after ${came.done} of ${came.of} cells.` : 'Stopped.'
  const why = ending.cause === 'stopped' ? stopped : endingWords(ending, 'run')
  return `${why} What you see is as it was, to be read: controls and tables do not react any more.`
}
