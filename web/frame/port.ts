// The one way out of the frame: a MessagePort that arrives with Start. What is said before it waits here.
import type { FromFrame, ToFrame } from '#protocol/bridge.ts'

type Heard = { [T in ToFrame['type']]?: (message: Extract<ToFrame, { type: T }>) => void }

const WAITING = 1000 // messages said before the hand-over; marimo that was prepared says a few
const waiting: [FromFrame, Transferable[]][] = []
const heard: Heard = {}
let port: MessagePort | null = null

export function say(message: FromFrame, transfer: Transferable[] = []): void {
  if (port) port.postMessage(message, transfer)
  else if (waiting.length < WAITING) waiting.push([message, transfer])
}

export function on<T extends ToFrame['type']>(type: T, listener: NonNullable<Heard[T]>): void {
  heard[type] = listener
}

export const handedOver = (): boolean => port !== null

export function adopt(given: MessagePort): void {
  port = given
  port.onmessage = ({ data }: MessageEvent<ToFrame>) => (heard[data.type] as ((message: ToFrame) => void) | undefined)?.(data)
  for (const [message, transfer] of waiting.splice(0)) port.postMessage(message, transfer)
}
