// RunnerEvents to every gateway that listens. One that does not read for a while gets the newest of each kind and kernel when
// it does: what a kernel is now makes what it was before void, and nobody loses a connection for the noise of one.
import { WIRE } from '#protocol/limits.ts'
import type { RunnerEvent } from '#protocol/runner.ts'

/** What is used of a link's channel. */
export interface EventChannel {
  readonly queued: number
  send(kind: 'text', payload: Uint8Array): number
}

export class Announcer {
  readonly #unsaid = new Map<EventChannel, Map<string, RunnerEvent>>()

  readonly announce = (event: RunnerEvent): void => {
    for (const [channel, unsaid] of this.#unsaid) {
      const key = `${event.type} ${event.kernel}`
      unsaid.delete(key)
      unsaid.set(key, event)
      this.flush(channel)
    }
  }

  add(channel: EventChannel): void {
    this.#unsaid.set(channel, new Map())
  }

  remove(channel: EventChannel): void {
    this.#unsaid.delete(channel)
  }

  /** Says what the channel has room for. */
  flush(channel: EventChannel): void {
    const unsaid = this.#unsaid.get(channel)
    for (const [key, event] of unsaid ?? []) {
      if (channel.queued > WIRE.window) return
      unsaid?.delete(key)
      channel.send('text', Buffer.from(JSON.stringify(event)))
    }
  }
}
