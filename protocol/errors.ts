// What goes wrong elsewhere than in the gateway's own calls (server/errors.ts): docs/errors.md is made of both. Each has a code
// that does not change and one sentence for the person.
import { WIRE } from './limits.ts'
import type { Cause, RunnerRefusal } from './runner.ts'
import { sizeText } from './size.ts'

/** The runner's own answers to commands of a notebook: `{code, message, id}` with a status, in place of marimo's. */
export const RUNNER_ANSWERS = {
  'answer-too-large': { status: 502, text: `The notebook’s answer was larger than ${sizeText(WIRE.message)} and was left out.` },
  'kernel-silent': {
    status: 504,
    text: 'The notebook did not answer in time. It may be busy; try again or interrupt it.',
  },
  'kernel-unreachable': {
    status: 502,
    text: 'The notebook’s kernel does not answer. If it does not come back, restart it.',
  },
  'kernel-starting': { status: 503, text: 'The kernel is still starting. Try again in a moment.' },
} as const satisfies Record<string, { status: number; text: string }>

/** Why the runner starts no kernel. A person hears the first three by this code and in the runner's words; the rest are faults. */
export const RUNNER_REFUSALS: Record<RunnerRefusal['code'], string> = {
  'machine-full': 'No memory is left for another kernel, or too many are waiting to start.',
  'single-person': 'Kernels are not isolated on this machine, and somebody else’s is running.',
  'zygote-down': 'The runner is stopping.',
  exists: 'The kernel runs already, or has run.',
  'unknown-kernel': 'There is no such kernel.',
  'bad-request': 'The gateway and the runner do not understand each other.',
}

/** Why a kernel has ended: the `cause` of its last phase, beside a sentence of the runner's. */
export const DEATHS: Record<Cause, string> = {
  stopped: 'Shut down or restarted by its person.',
  idle: 'Nothing ran in it for the time that “Limits” names.',
  unattended: 'Nobody had its notebook open for the time that “Limits” names.',
  'signed-out': 'Its person signed out.',
  memory: 'It went over its memory limit.',
  scratch: 'It wrote more than its scratch space.',
  crashed: 'Its process ended by itself: an exit code or a signal is named.',
  'start-failed': 'It did not start: the step that failed is named.',
  revoked: 'The right to its notebook was removed or ran out, or the notebook was deleted.',
  demoted: 'Its person may read its notebook now, no longer edit it.',
  withdrawn: 'It held data that its person may not see any more: a grant was taken back or ran out, or a mask was drawn tighter.',
  'files-above': 'A file that counts above the clearance of its person was put beside its notebook.',
  'runner-lost': 'The kernel runner was started again.',
}

/** What the page itself finds; no server has a log line for it, so its id is `e_noserver`. */
export const PAGE_ERRORS = {
  offline: 'The server cannot be reached.',
  http: 'Something between the page and the server answered in its place.',
  'bad-answer': 'The server answered in a form this page does not know.',
  'no-cookie': 'The browser did not keep the sign-in cookie.',
  'signed-out': 'The page has no sign-in to send.',
  page: 'Something failed in the page.',
} as const satisfies Record<string, string>
