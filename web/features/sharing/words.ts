// Shares in words. Pure.
import type { Share } from '#protocol/api.ts'
import type { Preflight } from '#protocol/shares.ts'
import { count } from '../../primitives/format.ts'

export const WORKSPACE = 'The whole workspace'

export const granteeText = ({ person }: Pick<Share, 'person'>): string => person?.name ?? WORKSPACE

/** A share holds until the end of its last day, where its author is. Null: no day. */
export function endOf(day: string): number | null {
  const end = new Date(`${day}T00:00:00`)
  end.setDate(end.getDate() + 1)
  return Number.isNaN(end.getTime()) ? null : end.getTime()
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' })
export const untilText = ({ expires }: Pick<Share, 'expires'>): string =>
  expires === null ? '' : `until ${dayFormat.format(expires - 1)}`

/** A sentence for each table that not everybody sees as it is. */
export const preflightLines = ({ members, tables }: Preflight): readonly string[] =>
  tables.map(({ table, lack, masked }) => {
    const parts = [part(lack, members, 'may not read it'), part(masked, members, 'see some of it masked or left out')]
    return `${table}: ${parts.filter((text) => text !== '').join('; ')}.`
  })

function part({ count: many, people }: Preflight['tables'][number]['lack'], members: number, what: string): string {
  if (many === 0) return ''
  const who = people === null ? `${many} of ${count(members, 'other member')}` : people.join(', ')
  return `${who} ${what}`
}
