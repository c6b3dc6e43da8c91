// Control messages as frames on channel 0, and back. The schemas are in channel.ts; both sides check what they read.
import { FromOpener, FromServer } from './channel.ts'
import { encodeFrame } from './codec.ts'
import type { Frame } from './frame.ts'
import { decodeJson, encodeText } from './text.ts'

const isControl = (frame: Frame): boolean => frame.kind === 'control' && !frame.more && frame.sequence === 0

export const encodeControl = (message: FromOpener | FromServer): Uint8Array =>
  encodeFrame(0, 'control', false, 0, encodeText(JSON.stringify(message)))

export function readFromOpener(frame: Frame): FromOpener | null {
  const parsed = isControl(frame) ? FromOpener.safeParse(decodeJson(frame.payload)) : null
  return parsed?.success ? parsed.data : null
}

export function readFromServer(frame: Frame): FromServer | null {
  const parsed = isControl(frame) ? FromServer.safeParse(decodeJson(frame.payload)) : null
  return parsed?.success ? parsed.data : null
}
