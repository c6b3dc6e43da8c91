// Models: language models and deployed ones. For the workspace's owner with the rules of each, for everybody else as they may use them.
import { type ParentProps, Show } from 'solid-js'
import { useMay } from '../../../net/context.ts'
import { Deployed } from './deployed/Deployed.tsx'
import { Usable as UsableDeployed } from './deployed/Usable.tsx'
import { Routes } from './Routes.tsx'
import { Usable } from './Usable.tsx'

export function Models() {
  const may = useMay()
  return (
    <div class="min-h-0 grow overflow-auto pb-8">
      <Part id="language-models" name="Language models">
        <Show when={may('govern')} fallback={<Usable />}>
          <Routes />
        </Show>
      </Part>
      <Part id="deployed-models" name="Deployed models">
        <Show when={may('govern')} fallback={<UsableDeployed />}>
          <Deployed />
        </Show>
      </Part>
    </div>
  )
}

const Part = (props: ParentProps<{ readonly id: string; readonly name: string }>) => (
  <section aria-labelledby={props.id} class="mb-8">
    <h2 id={props.id} class="mb-2 text-base font-semibold">
      {props.name}
    </h2>
    {props.children}
  </section>
)
