import type { LucideProps } from 'lucide-solid'
import type { JSX } from 'solid-js'

/** A lucide icon, imported from `lucide-solid/icons/NAME` (the barrel costs the build 2,000 modules). */
export type Icon = (props: LucideProps) => JSX.Element
