// Language models behind an endpoint of the operator's: a completion is asked for, and its answer heard as it comes.
import type { ANSWER_ENDS, MESSAGE_ROLES } from '#protocol/library/llm.ts'

export type Message = { readonly role: (typeof MESSAGE_ROLES)[number]; readonly content: string }

export type Prompt = {
  readonly model: string // the endpoint's own name of it
  readonly messages: readonly Message[]
  readonly tokens: number // of the answer, at most
  readonly temperature: number | null // null: the endpoint's own
}

export const FAILURES = [
  'unreachable',
  'silent', // no word within the time for one, or no end within the time for an answer
  'unauthorised',
  'unknown', // it has no such model
  'busy',
  'rejected', // it does not take this prompt
  'failed',
  'redirected', // which is never followed
  'garbled',
  'cut', // amid the answer
  'too-long',
] as const
export type Failure = (typeof FAILURES)[number]

/** `used`: tokens of prompt and answer as the endpoint counts them; null: it does not say. */
export type Heard =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'end'; readonly why: (typeof ANSWER_ENDS)[number]; readonly used: number | null }
  | { readonly type: 'failed'; readonly why: Failure }

export interface Models {
  /**
   * Texts, then one end or failure; it never throws. The endpoint is read no faster than this is. After an abort of `signal` nothing
   * more comes, and the endpoint is left.
   */
  ask(prompt: Prompt, signal: AbortSignal): AsyncIterable<Heard>
}
