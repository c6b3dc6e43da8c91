// Models and their rules in words.
import type { RouteCard } from '#protocol/access.ts'
import type { OpenTo } from '#protocol/policy/route.ts'
import { count } from '../../../primitives/format.ts'

export const OPEN: Readonly<Record<OpenTo, string>> = {
  nobody: 'Nobody: it is closed',
  editors: 'Whoever edits',
  readers: 'Whoever edits, and readers',
}

type State = { readonly text: string; readonly tone: 'ok' | 'warn' | 'bad' }

/** How it stands with a model, in a word or two. */
export function stateOf({ rules, missing }: Pick<RouteCard, 'rules' | 'missing'>): State {
  return missing ? { text: 'Its model is gone', tone: 'bad' } : openState(rules.open)
}

export function openState(open: OpenTo): State {
  if (open === 'nobody') return { text: 'Closed', tone: 'warn' }
  return { text: open === 'readers' ? 'Editors and readers' : 'Editors', tone: 'ok' }
}

export const tokensText = (tokens: number): string => count(tokens, 'token')

export function perDayText(perDay: number | null): string {
  return perDay === null ? 'no bound of its own' : `${tokensText(perDay)} a day each`
}

/** A number of tokens, or nothing; null where it is neither. */
export function readTokens(text: string): { readonly perDay: number | null } | null {
  const plain = text.replaceAll(/[\s,]/g, '')
  if (plain === '') return { perDay: null }
  return /^\d{1,12}$/.test(plain) ? { perDay: Number(plain) } : null
}
