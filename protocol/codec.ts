// Frames and commands as bytes (layout: frame.ts). Decoding copies nothing: a payload is a view of what came in.
import { type Frame, KIND, KINDS, type Kind, MORE } from './frame.ts'
import { WIRE } from './limits.ts'
import { allocate } from './slab.ts'
import { decodeJson, encodeText } from './text.ts'
import { readVarint, varintLength, writeVarint } from './varint.ts'

export function encodeFrame(
  channel: number,
  kind: Kind,
  more: boolean,
  sequence: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = allocate(varintLength(channel) + 1 + varintLength(sequence) + payload.byteLength)
  const kindAt = writeVarint(bytes, 0, channel)
  bytes[kindAt] = more ? KIND[kind] | MORE : KIND[kind]
  bytes.set(payload, writeVarint(bytes, kindAt + 1, sequence))
  return bytes
}

/** A frame's bytes before its payload. */
export function encodeHead(channel: number, kind: Kind, more: boolean, sequence: number): Uint8Array<ArrayBuffer> {
  return encodeFrame(channel, kind, more, sequence, NOTHING)
}
const NOTHING = new Uint8Array(0)

/** The frame, or null where the bytes are none. The payload is a view. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  const channel = readVarint(bytes, 0)
  if (channel < 0) return null
  const kindAt = varintLength(channel)
  const flags = bytes[kindAt]
  const kind = flags === undefined ? undefined : KINDS[flags & ~MORE]
  const sequence = readVarint(bytes, kindAt + 1)
  if (flags === undefined || kind === undefined || sequence < 0) return null
  const payload = bytes.subarray(kindAt + 1 + varintLength(sequence))
  if (payload.byteLength > WIRE.fragment) return null
  return { channel, kind, more: flags >= MORE, sequence, payload }
}

/** The same frame under another channel id: in place where the new id is not longer than the old, else one copy. */
export function relabelFrame(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const spare = varintLength(from) - varintLength(to)
  if (spare >= 0) {
    writeVarint(bytes, spare, to)
    return spare === 0 ? bytes : bytes.subarray(spare)
  }
  const longer = allocate(bytes.byteLength - spare)
  longer.set(bytes.subarray(varintLength(from)), writeVarint(longer, 0, to))
  return longer
}

/** What a frame takes from the credit: its payload and a fixed sum, so that empty messages are not free. */
export const frameCost = (payloadBytes: number): number => payloadBytes + WIRE.frameCost

export function encodeCredit(channel: number, acknowledged: number, granted: number): Uint8Array<ArrayBuffer> {
  const payload = allocate(varintLength(granted))
  writeVarint(payload, 0, granted)
  return encodeFrame(channel, 'credit', false, acknowledged, payload)
}

/** Bytes granted by a credit frame's payload, or null where it is not exactly one varint. */
export function decodeCredit(payload: Uint8Array): number | null {
  const granted = readVarint(payload, 0)
  return granted < 0 || varintLength(granted) !== payload.byteLength ? null : granted
}

/** A request's or response's payload: varint head length, JSON head, body. */
export function encodeCommand(head: object, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = encodeText(JSON.stringify(head))
  const bytes = allocate(varintLength(json.byteLength) + json.byteLength + body.byteLength)
  const headAt = writeVarint(bytes, 0, json.byteLength)
  bytes.set(json, headAt)
  bytes.set(body, headAt + json.byteLength)
  return bytes
}

/** Head (unchecked JSON: parse it with RequestHead or ResponseHead) and body (a view), or null where there is no head. */
export function decodeCommand(payload: Uint8Array): { readonly head: unknown; readonly body: Uint8Array } | null {
  const length = readVarint(payload, 0)
  if (length < 0 || length > WIRE.head) return null
  const headAt = varintLength(length)
  if (headAt + length > payload.byteLength) return null
  const head = decodeJson(payload.subarray(headAt, headAt + length))
  return head === undefined ? null : { head, body: payload.subarray(headAt + length) }
}
