// A refusal as a thrown value: a code, one sentence, and an id the person can quote.
import type { Refusal } from '#protocol/api.ts'

export class Refused extends Error {
  readonly refusal: Refusal
  readonly status: number
  constructor(refusal: Refusal, status: number) {
    super(refusal.message)
    this.refusal = refusal
    this.status = status
  }
}

/** The id of what was refused in this page: no server has a log line for it. */
export const LOCAL = 'e_noserver'

export const refusedLocally = (code: string, message: string, status = 0) => new Refused({ code, message, id: LOCAL }, status)

/** The refusal behind any thrown value, for showing. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  return { code: 'page', message: error instanceof Error ? error.message : 'Something failed in this page.', id: LOCAL }
}
