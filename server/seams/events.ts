// The gateway's in-process bus of what people should see at once. The multiplexer subscribes and pushes each event to the
// event channels of the persons it is for. Nothing is kept: a client that reconnects re-reads what it shows.
import type { ShellEvent } from '#protocol/api.ts'
import type { PersonId } from '#protocol/ids.ts'

export type Audience = 'everyone' | readonly PersonId[]
export type Addressed = { readonly to: Audience; readonly event: ShellEvent }

export interface Events {
  publish(to: Audience, event: ShellEvent): void
  subscribe(listener: (addressed: Addressed) => void): () => void
}
