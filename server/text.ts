// Labels and counts in the sentences of the server.
import type { Label } from '#protocol/policy/label.ts'

/** As the shell shows it. */
export const labelText = ({ level, markings }: Label): string => [level, ...markings].join(' · ')

/** Amid a sentence. */
export const labelWords = ({ level, markings }: Label): string => [level, ...markings].join(' ')

export const counted = (many: number): string => many.toLocaleString('en')

export const count = (many: number, one: string): string => `${counted(many)} ${many === 1 ? one : `${one}s`}`
