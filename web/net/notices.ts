// What the page says in passing. Refusals carry their id, so that it can be quoted.
import { toast } from 'solid-sonner'
import { LOCAL, refusalOf } from '../primitives/refused.ts'

const UNDO = 10_000

export function say(message: string): void {
  toast(message)
}

export function sayRefused(error: unknown): void {
  const refusal = refusalOf(error)
  toast.error(refusal.message, { duration: 12_000, ...(refusal.id === LOCAL ? {} : { description: `Reference ${refusal.id}` }) })
}

export function offerUndo(message: string, undo: () => void): void {
  toast(message, { duration: UNDO, action: { label: 'Undo', onClick: undo } })
}
