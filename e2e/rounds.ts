// `npm run soak` repeats each killing: SOAK=50. Each round is a test of its own, so that one that fails does not end the others.
import { test } from './fixtures.ts'

export const ROUNDS = Number(process.env.SOAK ?? 1)
export const ROUND = ' · round '

type Body = Parameters<typeof test>[2]

export function rounds(title: string, body: (round: number) => Body): void {
  for (let round = 1; round <= ROUNDS; round += 1) test(ROUNDS === 1 ? title : `${title}${ROUND}${round}`, body(round))
}

/** A moment within the next `ms`. */
export const within = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, Math.random() * ms))
