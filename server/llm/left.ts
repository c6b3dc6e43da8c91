// What is left of somebody's tokens of a day.
import type { Allowance } from '../seams/allowance.ts'

export type Day = { readonly person: string; readonly day: string }
type Used = Pick<Allowance, 'used'>

/** `most`: in all, or of the model that is named. */
export async function leftOf(allowance: Used, { person, day }: Day, most: number, model?: string): Promise<number> {
  return Math.max(0, most - (await allowance.used(person, day, model)))
}

/** Of a model that has a bound of its own (null: it has none), within what is left in all. */
export async function leftOfModel(
  allowance: Used,
  day: Day,
  left: number,
  { alias, perDay }: { readonly alias: string; readonly perDay: number | null },
): Promise<number> {
  return perDay === null ? left : Math.min(left, await leftOf(allowance, day, perDay, alias))
}
