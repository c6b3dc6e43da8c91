// JSON columns: judged before they are written and when they are read back.
import type * as z from 'zod/mini'
import { canonical } from '../seams/chain.ts'

/** Never says what was found there. */
export class Misshapen extends Error {}

/** `what`: for the error, as “policy”; `name`: of which. */
export function json<T>(what: string, schema: z.ZodMiniType<T>) {
  const judged = (value: unknown, name: string): T => {
    const found = schema.safeParse(value)
    if (!found.success) throw new Misshapen(`The ${what} of “${name}” does not read as one. Nothing is decided by it.`)
    return found.data
  }
  return {
    write: (value: T, name: string) => canonical(judged(value, name)),
    read: (text: string, name: string) => judged(parsed(text), name),
  }
}

/** The parser's own error quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
