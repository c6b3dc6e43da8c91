// "May I edit?", wherever the person who is asked looks: the notebook may stand behind another, or behind the list.
import { Show } from 'solid-js'
import { Asked } from '../features/notebook/Asked.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

export function AskedAll(props: { readonly sessions: Sessions }) {
  const workspace = useWorkspace()
  const asked = () =>
    workspace.tabs().list.flatMap(({ id, name }) => {
      const { ask } = props.sessions.of(id)
      return ask.state === 'asked' ? [{ id, name, ask }] : []
    })
  return (
    <Show when={asked()[0]}>
      {(first) => (
        <Asked
          by={first().ask.by}
          answerBy={first().ask.answerBy}
          name={first().name}
          onAnswer={(give) => void props.sessions.answer(first().id, give)}
        />
      )}
    </Show>
  )
}
