// What language models took of a person's tokens of a day. Tokens are set aside before an endpoint is asked, so that answers under way
// together stay within the allowance; what it took in the end takes their place. What was never settled stays as it was set aside.
import type { KernelId, PersonId } from '#protocol/ids.ts'

/** `id`: of the answer, made up by the kernel. `day`: as 2026-01-31. `model`: its alias. */
export type Use = {
  readonly kernel: KernelId
  readonly id: string
  readonly person: PersonId
  readonly day: string
  readonly model: string
  readonly tokens: number
}

export interface Allowance {
  /**
   * `over`: with these the person's day would be over `most`; `share`: what they took of this model over `ofModel` (null: no such
   * bound); `known`: this answer has been asked for already. Nothing changes then.
   */
  reserve(use: Use, most: number, ofModel: number | null): Promise<'reserved' | 'over' | 'share' | 'known'>
  settle(answer: Pick<Use, 'kernel' | 'id'>, tokens: number): Promise<void>
  /** Of one person and day, and of one model where it is named: set aside or taken. */
  used(person: PersonId, day: string, model?: string): Promise<number>
}
