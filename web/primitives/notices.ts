// What the page says in passing: a short list, newest last, each gone after its time. Drawn by ui/Notices.tsx.
import { createSignal } from 'solid-js'
import { LOCAL, refusalOf } from './refused.ts'

export type Notice = {
  readonly id: number
  readonly tone: 'plain' | 'bad'
  readonly message: string
  readonly reference: string | null // what a person quotes, found again in the log
  readonly undo: (() => void) | null
  readonly stays: number // ms
}

const MOST = 4 // on the page at once; the oldest gives way
const SHORT = 4_000
const LONG = 12_000
const UNDO = 10_000
const [notices, setNotices] = createSignal<readonly Notice[]>([])
let last = 0

export { notices }

export function dismiss(id: number): void {
  setNotices((list) => list.filter((notice) => notice.id !== id))
}

function add(notice: Omit<Notice, 'id'>): void {
  last += 1
  const made = { ...notice, id: last }
  setNotices((list) => [...list, made].slice(-MOST))
}

export const say = (message: string): void => add({ tone: 'plain', message, reference: null, undo: null, stays: SHORT })

export function sayRefused(error: unknown): void {
  const { message, id } = refusalOf(error)
  add({ tone: 'bad', message, reference: id === LOCAL ? null : id, undo: null, stays: LONG })
}

export const offerUndo = (message: string, undo: () => void): void =>
  add({ tone: 'plain', message, reference: null, undo, stays: UNDO })

/** Takes the newest undoable thing back, by its button or by Ctrl+Z. False: there is none. */
export function undo(id?: number): boolean {
  const found = notices().findLast((notice) => notice.undo !== null && (id === undefined || notice.id === id))
  if (!found) return false
  dismiss(found.id)
  found.undo?.()
  return true
}
