import type { DatabaseSync } from 'node:sqlite'
import type { Allowance, Use } from '../seams/allowance.ts'
import { transaction } from './database.ts'

export function allowance(database: DatabaseSync): Allowance {
  const sum = database.prepare(
    'SELECT coalesce(sum(tokens), 0) AS tokens FROM model_tokens WHERE person = ? AND day = ? AND ifnull(?, model) = model',
  )
  const one = database.prepare('SELECT 1 FROM model_tokens WHERE kernel = ? AND answer = ?')
  const insert = database.prepare(
    'INSERT INTO model_tokens (kernel, answer, person, day, model, tokens) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const update = database.prepare('UPDATE model_tokens SET tokens = ? WHERE kernel = ? AND answer = ?')
  // Of yesterday a retry may still speak.
  const sweep = database.prepare("DELETE FROM model_tokens WHERE person = ? AND day < date(?, '-1 day')")
  const used = (person: string, day: string, model: string | null) => (sum.get(person, day, model) as { tokens: number }).tokens
  const reserve = ({ kernel, id, person, day, model, tokens }: Use, most: number, ofModel: number | null) => {
    if (one.get(kernel, id)) return 'known'
    if (used(person, day, null) + tokens > most) return 'over'
    if (ofModel !== null && used(person, day, model) + tokens > ofModel) return 'share'
    sweep.run(person, day)
    insert.run(kernel, id, person, day, model, tokens)
    return 'reserved'
  }
  return {
    reserve: async (use, most, ofModel) => transaction(database, () => reserve(use, most, ofModel)),
    settle: async ({ kernel, id }, tokens) => void update.run(tokens, kernel, id),
    used: async (person, day, model) => used(person, day, model ?? null),
  }
}
