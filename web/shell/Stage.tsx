// The frames, and what lies over them while there is nothing of the notebook to show. They stand in one host that is never
// taken out of the document: a frame that moves is a frame that loads again.
import { Show } from 'solid-js'
import { StartSteps } from '../features/kernel/StartSteps.tsx'
import { Cover } from '../features/notebook/Cover.tsx'
import { createNotebooks } from '../features/notebooks/queries.ts'
import { dataOf } from '../primitives/query.ts'
import { lazily } from '../ui/lazily.tsx'
import type { Sessions } from './sessions.ts'
import { useWorkspace } from './workspace.ts'

const RunningKernels = lazily(() => import('../features/kernel/RunningKernels.tsx').then((module) => module.RunningKernels))

type StageProps = { readonly sessions: Sessions; readonly host: (element: HTMLElement) => void }

export function Stage(props: StageProps) {
  const workspace = useWorkspace()
  const session = () => props.sessions.of(workspace.active() ?? '')
  const starting = () => session().view.at === 'opening' || session().view.at === 'loading'
  const since = () => {
    const { view } = session()
    return 'since' in view ? view.since : 0
  }
  return (
    <div class="relative min-w-0 grow">
      <div class="frames absolute inset-0" ref={props.host} />
      <Show when={workspace.active()}>
        {(id) => (
          <>
            <Show when={starting()}>
              <StartSteps phase={session().phase} since={since()} />
            </Show>
            <Cover
              session={session()}
              onReopen={() => void props.sessions.open(id())}
              onStill={() => void props.sessions.open(id(), { run: false })}
              onLeave={() => workspace.go(null)}
              kernels={<Kernels />}
            />
          </>
        )}
      </Show>
    </div>
  )
}

function Kernels() {
  const list = createNotebooks()
  return <RunningKernels nameOf={(id) => dataOf(list)?.find((each) => each.id === id)?.name ?? null} />
}
