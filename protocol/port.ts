// What a link keeps for an open channel, whoever uses it: an endpoint (channelState.ts) or a relay (relay.ts).
import type { FromServer, Resource, ResumePoint } from './channel.ts'
import type { CloseName } from './close.ts'
import type { Frame } from './frame.ts'
import type { Fault } from './inbox.ts'
import type { Outbox } from './outbox.ts'

/** `lost`: the connection went away without a word. */
export type EndReason = CloseName | 'lost'
export type End = { readonly reason: EndReason; readonly detail?: string | undefined; readonly id?: string | undefined }

/** What the opener asks for. */
export type Opening = {
  readonly channel: number
  readonly resource: Resource
  readonly window: number
  readonly resume?: ResumePoint | undefined
  readonly tab?: string | undefined
}
/** What the server side answers. */
export type Opened = Omit<Extract<FromServer, { type: 'opened' }>, 'type' | 'channel'>

export type Port = {
  readonly id: number // of its channel on its link
  readonly outbox: Outbox
  opened(opened: Opened): Fault | null // on the opener's side, once, before any frame
  frame(frame: Frame, bytes: Uint8Array): Fault | null
  credited(granted: number, acknowledged: number): Fault | null
  grant(): { readonly granted: number; readonly acknowledged: number } | null // to be said to the far side now
  sent(): void // a frame of its outbox has gone
  ended(end: End): void
}
