// The steps of opening a notebook, in order, as a person reads them.
import type { Phase } from '#protocol/runner.ts'

type Named = Extract<Phase, { phase: 'starting' }>['step']
type Step = { readonly label: string; readonly slow: string }

const KERNEL_STEPS: Record<Named, Step> = {
  queued: { label: 'Waiting for a place', slow: 'A few kernels start at a time, and others were first.' },
  sandbox: { label: 'Building your sandbox', slow: 'This usually takes milliseconds; the machine is very busy.' },
  python: { label: 'Starting Python', slow: 'The machine is busy. You can shut the kernel down and try again.' },
  notebook: { label: 'Loading the notebook', slow: 'A large notebook, or a busy machine.' },
}

export const STEPS: readonly Step[] = [
  { label: 'Asking the server', slow: 'The server is slow to answer.' },
  ...Object.values(KERNEL_STEPS),
  { label: 'Drawing it', slow: 'The first opening loads the editor; later ones are quicker.' },
]

/** Where in STEPS a phase stands. */
export function stepAt(phase: Phase | null): number {
  if (phase === null) return 0
  if (phase.phase === 'starting') return 1 + Object.keys(KERNEL_STEPS).indexOf(phase.step)
  return STEPS.length - 1
}
