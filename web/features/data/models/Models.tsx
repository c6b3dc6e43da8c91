// Language models: for the workspace's owner with the rules of each, for everybody else as they may use them.
import { Show } from 'solid-js'
import { useMay } from '../../../net/context.ts'
import { Routes } from './Routes.tsx'
import { Usable } from './Usable.tsx'

export function Models() {
  const may = useMay()
  return (
    <div class="min-h-0 grow overflow-auto pb-8">
      <Show when={may('govern')} fallback={<Usable />}>
        <Routes />
      </Show>
    </div>
  )
}
