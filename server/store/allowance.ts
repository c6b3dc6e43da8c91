import type { DatabaseSync } from 'node:sqlite'
import type { Allowance, Use } from '../seams/allowance.ts'
import { transaction } from './database.ts'

export function allowance(database: DatabaseSync): Allowance {
  const sum = database.prepare('SELECT coalesce(sum(tokens), 0) AS tokens FROM model_tokens WHERE person = ? AND day = ?')
  const one = database.prepare('SELECT 1 FROM model_tokens WHERE kernel = ? AND answer = ?')
  const insert = database.prepare('INSERT INTO model_tokens (kernel, answer, person, day, tokens) VALUES (?, ?, ?, ?, ?)')
  const update = database.prepare('UPDATE model_tokens SET tokens = ? WHERE kernel = ? AND answer = ?')
  // Of yesterday a retry may still speak.
  const sweep = database.prepare("DELETE FROM model_tokens WHERE person = ? AND day < date(?, '-1 day')")
  const used = (person: string, day: string) => (sum.get(person, day) as { tokens: number }).tokens
  const reserve = ({ kernel, id, person, day, tokens }: Use, most: number) => {
    if (one.get(kernel, id)) return 'known'
    if (used(person, day) + tokens > most) return 'over'
    sweep.run(person, day)
    insert.run(kernel, id, person, day, tokens)
    return 'reserved'
  }
  return {
    reserve: async (use, most) => transaction(database, () => reserve(use, most)),
    settle: async ({ kernel, id }, tokens) => void update.run(tokens, kernel, id),
    used: async (person, day) => used(person, day),
  }
}
