// What a person is told when a kernel ends or does not start: one sentence or two, the limit by name and value, what to
// do. Never a data value, a path or a stack.
import type { Cause, Limits } from '#protocol/runner.ts'
import { sizeText as size } from '#protocol/size.ts'
import { WATCH } from '../bounds.ts'
import type { Death, StartStep } from '../providers/provider.ts'

const SIGNALS: Readonly<Record<number, string>> = {
  4: 'an illegal instruction',
  6: 'an abort',
  7: 'a bus error',
  8: 'an arithmetic error',
  9: 'a kill signal',
  11: 'a segmentation fault in a native library',
  31: 'a system call that the sandbox refuses',
}

export function deathWords(death: Death, limits: Limits): { readonly cause: Cause; readonly message: string } {
  if (death.type === 'memory') return { cause: 'memory', message: stopWords('memory', limits) }
  return { cause: 'crashed', message: `The kernel ${howEnded(death)}. Its variables are gone; restart it.` }
}

export function howEnded(death: Exclude<Death, { type: 'memory' }>): string {
  switch (death.type) {
    case 'exit':
      return `ended by itself with exit code ${death.value}`
    case 'signal':
      return `was ended by ${SIGNALS[death.value] ?? `signal ${death.value}`}`
    case 'unknown':
      return 'stopped unexpectedly'
  }
}

export function stopWords(cause: Cause, limits: Limits): string {
  const words: Record<Cause, string> = {
    stopped: 'The kernel was shut down.',
    idle: 'The kernel was stopped because nothing had run in it for a while. Restart it to go on.',
    unattended: 'The kernel was stopped because its notebook was no longer open anywhere.',
    'signed-out': 'The kernel was stopped because its person signed out.',
    memory: `The kernel went over its memory limit of ${size(limits.memory)} and was stopped. Hold less data at once, then restart it.`,
    scratch: `The kernel took more than its ${size(limits.scratch)} of scratch space, or more than ${WATCH.scratchEntries} files in it, and was stopped. Write less, then restart it.`,
    crashed: 'The kernel stopped unexpectedly. Its variables are gone; restart it.',
    'start-failed': 'The kernel did not start. Try again.',
    revoked: 'This notebook is no longer shared with you, so its kernel was stopped.',
    demoted:
      'This notebook is shared with you to read now, no longer to edit, so the kernel that you edited it with was stopped.',
    withdrawn:
      'The kernel was stopped because it held data that you may not see any more: the rules of a table it had read were changed, or a grant ran out. Start it again to go on with what is yours to see.',
    'files-above':
      'The kernel was stopped because a file that counts above your clearance was put beside this notebook. Start it again to go on without the files.',
    'runner-lost': 'The kernel ended with the service that runs kernels. Its variables are gone; restart it.',
  }
  return words[cause]
}

const STEPS: Record<StartStep, string> = {
  queued: 'waiting for its turn',
  sandbox: 'building its sandbox',
  python: 'starting Python',
  notebook: 'loading the notebook',
}

export const DISK_FULL =
  'The disk is nearly full and this kernel was writing the most to it, so it was stopped. Write less, then restart it, or ask the operator for more room.'

export const UNREADABLE =
  'The kernel did not start: the notebook’s source is not a marimo notebook that Python can read. Go back to an earlier version, or correct the source and import it again.'

export function startFailedWords(step: StartStep, why: string | null, seconds: number | null): string {
  const what = seconds === null ? 'failed' : `took longer than ${seconds} seconds`
  return `The kernel did not start: ${STEPS[step]} ${what}.${why === null ? '' : ` ${why}`} Try again, or open the notebook without running it.`
}
