// The kernel of the notebook in front: its state in a word, its memory, its idle stop, and what can be done to it.
import ChevronDown from 'lucide-solid/icons/chevron-down'
import CircleStop from 'lucide-solid/icons/circle-stop'
import Power from 'lucide-solid/icons/power'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { Show } from 'solid-js'
import type { Role } from '#protocol/roles.ts'
import type { Usage } from '#protocol/runner.ts'
import { sizeText } from '#protocol/size.ts'
import { clock } from '../../primitives/format.ts'
import { Menu, type MenuItem } from '../../ui/Menu.tsx'
import { StateDot } from '../../ui/StateDot.tsx'
import { idleLimit, idleStop } from './idle.ts'

export type KernelWord = 'starting' | 'ready' | 'running' | 'stopped' | 'failed'
export type KernelDeeds = { readonly interrupt: () => void; readonly restart: () => void; readonly shutDown: () => void }

type KernelBarProps = {
  readonly word: KernelWord
  readonly mode: Role | null
  readonly usage: Usage | null
  readonly memoryLimit: number
  readonly deeds: KernelDeeds
}

export function KernelBar(props: KernelBarProps) {
  return (
    <>
      <Show when={props.usage}>
        {(usage) => (
          <>
            <IdleStop usage={usage()} mode={props.mode ?? 'run'} />
            <Memory used={usage().memory} limit={props.memoryLimit} />
          </>
        )}
      </Show>
      <span class="flex items-center">
        <span class="flex h-7 items-center gap-2 pr-1 text-sm">
          <StateDot state={props.word} />
          <span role="status" aria-label="Kernel" class="min-w-[52px]">
            {props.word}
          </span>
        </span>
        <KernelMenu {...props} />
      </span>
    </>
  )
}

function KernelMenu(props: KernelBarProps) {
  const alive = () => props.word === 'ready' || props.word === 'running'
  const interruptible = () => {
    if (!alive()) return 'No kernel is running'
    return props.mode === 'edit' ? undefined : 'A reader’s kernel can only be shut down'
  }
  const items = (): readonly MenuItem[] => [
    { label: 'Interrupt', icon: CircleStop, why: interruptible(), run: props.deeds.interrupt },
    { label: 'Restart', icon: RotateCcw, run: props.deeds.restart },
    { line: true },
    {
      label: 'Shut down',
      icon: Power,
      tone: 'bad',
      why: alive() || props.word === 'starting' ? undefined : 'No kernel is running',
      run: props.deeds.shutDown,
    },
  ]
  return (
    <Menu
      label="Kernel"
      size="small"
      items={items()}
      trigger={
        <>
          Kernel <ChevronDown size={13} aria-hidden="true" />
        </>
      }
    />
  )
}

const FULL = 0.85 // of the limit: from here on the meter warns

function Memory(props: { readonly used: number; readonly limit: number }) {
  const share = () => Math.min(1, props.used / props.limit)
  const text = () => `${sizeText(props.used)} of ${sizeText(props.limit)}`
  return (
    <span
      class="flex items-center gap-2 text-xs whitespace-nowrap text-ink-2"
      title={`Memory: ${text()}. Beyond the limit the kernel is stopped.`}
    >
      <span
        role="meter"
        aria-label="Memory"
        aria-valuemin={0}
        aria-valuemax={props.limit}
        aria-valuenow={props.used}
        aria-valuetext={text()}
        class="block h-1.5 w-14 overflow-hidden rounded-full bg-line"
      >
        <span
          class="block h-full rounded-full"
          style={{ width: `${share() * 100}%`, background: share() > FULL ? 'var(--bad)' : 'var(--accent)' }}
        />
      </span>
      <span class="numeric">{text()}</span>
    </span>
  )
}

function IdleStop(props: { readonly usage: Usage; readonly mode: Role }) {
  return (
    <Show when={idleStop(props.usage, props.mode)}>
      {(stop) => (
        <span
          class="numeric text-xs whitespace-nowrap text-ink-2"
          title={`A kernel is stopped after ${idleLimit(props.mode) / 60_000} minutes without use. Running a cell moves it.`}
        >
          idle stop {clock(stop())}
        </span>
      )}
    </Show>
  )
}
