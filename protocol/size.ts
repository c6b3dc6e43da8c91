// Sizes as people read them: in answers, in sentences, in the shell. A limit reads the same wherever it is named.
export const KiB = 1024
export const MiB = 1024 * KiB
export const GiB = 1024 * MiB

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes → "1.5 KB", "2 GB"; whole numbers above 100, so a meter does not flicker. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.round(value) >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}
