// A classification in words.
import type { Label } from '#protocol/policy/label.ts'

export const labelText = ({ level, markings }: Label): string => [level, ...markings].join(' · ')
