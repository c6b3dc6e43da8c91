// The gateway's events, brought back after each drop. Nothing is replayed: after `opened` the owner re-reads what it shows.
import { ShellEvent } from '#protocol/api.ts'
import type { Channel } from '#protocol/channelState.ts'
import type { Link } from '#protocol/link.ts'
import { decodeJson } from '#protocol/text.ts'
import { backoff } from './connection.ts'
import type { MuxSocket, Subscription } from './socket.ts'

export type EventsListener = { event(event: ShellEvent): void; opened(): void }

export class EventsChannel implements Subscription {
  readonly #mux: MuxSocket
  readonly #listener: EventsListener
  #tries = 0

  constructor(mux: MuxSocket, listener: EventsListener) {
    this.#mux = mux
    this.#listener = listener
    mux.add(this)
  }

  over(): void {} // nobody waits for an event

  attach(link: Link): void {
    const channel: Channel = link.openChannel(
      { resource: { type: 'events' } },
      {
        opened: () => {
          this.#tries = 0
          this.#listener.opened()
        },
        message: (message) => {
          channel.consumed(message.cost)
          const event = ShellEvent.safeParse(decodeJson(message.payload))
          if (event.success) this.#listener.event(event.data)
        },
        ended: () => {
          if (link.open) this.#mux.clock.after(backoff(++this.#tries, Math.random()), () => link.open && this.attach(link))
        },
      },
    )
  }
}
