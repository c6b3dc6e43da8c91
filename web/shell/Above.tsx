// What is said above the notebook in front: its classification, who edits it, how far it has run, why its kernel has ended.
import { Show } from 'solid-js'
import type { NotebookId } from '#protocol/ids.ts'
import { IdleWarning } from '../features/kernel/IdleWarning.tsx'
import { Bars } from '../features/notebook/Bars.tsx'
import { Classification } from '../features/notebook/Classification.tsx'
import { isVisible, openedOf } from '../features/notebook/session.ts'
import { createActions } from '../features/notebooks/queries.ts'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

type AboveProps = {
  readonly sessions: Sessions
  readonly id: NotebookId
  readonly sourceShown: boolean
  readonly onSource: () => void
  readonly onDraft: () => void
}

export function Above(props: AboveProps) {
  const workspace = useWorkspace()
  const actions = createActions()
  const session = () => props.sessions.of(props.id)
  const shown = () => (session().view.at === 'shown' ? openedOf(session())?.mode : undefined)
  async function duplicate(): Promise<void> {
    const notebook = openedOf(session())?.notebook
    const copy = notebook && (await actions.duplicate(notebook))
    if (copy) workspace.go(copy.id)
  }
  return (
    <>
      <Show when={isVisible(session()) && session().label}>{(label) => <Classification label={label()} />}</Show>
      <Bars
        session={session()}
        sourceShown={props.sourceShown}
        onSource={props.onSource}
        onDraft={props.onDraft}
        onAsk={() => void props.sessions.ask(props.id)}
        onReopen={() => void props.sessions.open(props.id)}
        onLoad={() => void props.sessions.open(props.id, { fresh: true })}
        onStill={() => void props.sessions.open(props.id, { run: false })}
        onBack={() => void props.sessions.open(props.id, { preview: null })}
        onTrust={() => void props.sessions.trust(props.id)}
        onRun={() => void props.sessions.run(props.id)}
        onStop={() => props.sessions.shutDown(props.id)}
        onDuplicate={() => void duplicate()}
      />
      <Show when={shown()}>{(mode) => <IdleWarning usage={session().usage} mode={mode()} />}</Show>
    </>
  )
}
