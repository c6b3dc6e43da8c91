// Answers for the calls that a test is not about: there are none.
import { LIBRARY_CALLS } from '#protocol/library.ts'
import type { Answers } from '../answers.ts'
import { Declined } from '../ruling.ts'

const refuse = async () => {
  throw new Declined('not-a-call', {})
}
export const nobody = Object.fromEntries(Object.keys(LIBRARY_CALLS).map((call) => [call, refuse])) as unknown as Answers
