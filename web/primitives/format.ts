// Numbers and times as people read them. Pure: the present moment is an argument.
const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })

/** "just now", "5 minutes ago", "yesterday". */
export function ago(time: number, now: number): string {
  const past = now - time
  for (const [unit, length] of steps) {
    if (Math.abs(past) >= length) return relativeFormat.format(-Math.trunc(past / length), unit)
  }
  return 'just now'
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
export const clock = (time: number): string => clockFormat.format(time)
export const date = (time: number): string => dateFormat.format(time)

/** "0:07", "4:32": for what counts down or up. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(seconds % 60).padStart(2, '0')}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en')} ${value === 1 ? one : many}`
