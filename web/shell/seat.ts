// One notebook's place in the page: its frame and its kernel channel, which begin and end together.
import type { Opened } from '#protocol/api.ts'
import type { Theme } from '../primitives/theme.ts'
import type { Frame, FrameEvent } from './frame.ts'
import type { FramePool } from './frames.ts'
import type { KernelNews, Link, Seated } from './link.ts'
import type { KernelChannel } from './relay.ts'

export type Seat = { readonly frame: Frame; readonly channel: Seated; leave(): void }

type Seating = {
  readonly link: Link
  readonly pool: FramePool
  readonly opened: Opened
  readonly theme: Theme
  readonly news: (news: KernelNews) => void
  readonly frame: (event: FrameEvent) => void
  readonly saving: () => void
}

export function takeSeat(seating: Seating): Seat {
  const { opened } = seating
  let left = false
  const channel = seating.link.kernel(opened.kernel, (news) => !left && seating.news(news))
  const frame = seating.pool.take()
  frame.start({
    mode: opened.mode,
    theme: seating.theme,
    name: opened.notebook.name,
    channel: watched(channel, seating.saving),
    listener: (event) => !left && seating.frame(event),
  })
  return {
    frame,
    channel,
    leave() {
      left = true
      frame.destroy()
      channel.close()
    },
  }
}

/** Marimo's save command on its way is what "Saving…" means; the gateway's event tells the rest. */
function watched(channel: KernelChannel, saving: () => void): KernelChannel {
  return {
    listen: (listener) => channel.listen(listener),
    request(method, path, contentType, body) {
      if (path === '/api/kernel/save') saving()
      return channel.request(method, path, contentType, body)
    },
  }
}
