// "May I edit?", wherever the person who is asked looks: the notebook may stand behind another, or behind the list.
import { Show, Suspense } from 'solid-js'
import { lazily } from '../ui/lazily.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

export const ASKED = 'asked' // the id of the question in the page

const Asked = lazily(() => import('../features/notebook/Asked.tsx').then((module) => module.Asked))

export function AskedAll(props: { readonly sessions: Sessions }) {
  const workspace = useWorkspace()
  const asked = () =>
    workspace.tabs().list.flatMap(({ id, name }) => {
      const { ask } = props.sessions.of(id)
      return ask.state === 'asked' ? [{ id, name, ask }] : []
    })
  return (
    <Suspense>
      <Show when={asked()[0]}>
        {(first) => (
          <Asked
            id={ASKED}
            by={first().ask.by}
            answerBy={first().ask.answerBy}
            name={first().name}
            onAnswer={(give) => void props.sessions.answer(first().id, give)}
            onLeft={() => props.sessions.seat(workspace.active() ?? '')?.frame.focus()}
          />
        )}
      </Show>
    </Suspense>
  )
}
