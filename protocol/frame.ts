// The binary frame, the same on both hops (browser <-> gateway, gateway <-> kernel runner).
//
//   varint channel | u8 kind + flags | varint sequence | payload (at most WIRE.fragment bytes)
//
// Channel 0 is the link itself: only control frames travel on it. A message is one or more frames of one kind and
// one sequence; all but the last carry MORE. Sequences count messages, per channel and direction, from 1; control
// and credit frames are outside the count (sequence 0 for control; a credit frame's sequence acknowledges the last
// message that arrived whole). A message's payload may be empty; an empty request is one the gateway refused: it keeps its
// place in the count, and the runner answers it with 403. A response of sequence 0 is such a refusal, sent at once: one
// frame, outside the count, possibly between the fragments of another message. On the unix socket each frame is preceded
// by its length as a varint.
export const KIND = {
  control: 0, // JSON of channel.ts, on channel 0
  text: 1, // a stream message, UTF-8
  binary: 2, // a stream message, bytes
  request: 3, // varint head length | JSON head (RequestHead) | body
  response: 4, // varint head length | JSON head (ResponseHead) | body
  credit: 5, // payload: varint, bytes granted on top of what was granted before
} as const
export type Kind = keyof typeof KIND
export const KINDS = Object.keys(KIND) as [Kind, ...Kind[]]
export const MORE = 0x80

export type Frame = {
  readonly channel: number
  readonly kind: Kind
  readonly more: boolean
  readonly sequence: number
  readonly payload: Uint8Array
}
