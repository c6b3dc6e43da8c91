// The one socket, as the shell uses it: this tab's name, kernel channels, and what it hears.
import type { ShellEvent } from '#protocol/api.ts'
import type { CloseName } from '#protocol/close.ts'
import type { KernelId, TabId } from '#protocol/ids.ts'
import type { Connection } from '../net/connection.ts'
import { EventsChannel } from '../net/eventsChannel.ts'
import { KernelChannel, type KernelNews } from '../net/kernelChannel.ts'
import { MuxSocket } from '../net/socket.ts'
import type { KernelChannel as Channel } from './relay.ts'

export type Seated = Channel & { close(): void }
export type Link = {
  /** Waits for the first sign-in of the socket. */
  tab(): Promise<TabId>
  kernel(kernel: KernelId, news: (news: KernelNews) => void): Seated
  retry(): void
  close(): void
}
export type { CloseName, Connection, KernelNews }

type LinkOptions = {
  readonly bearer: (force?: boolean) => Promise<string | null>
  readonly state: (connection: Connection) => void
  readonly event: (event: ShellEvent) => void
  readonly renewed: () => void // a connection stands: what is shown is to be read again
}

export function createLink(options: LinkOptions): Link {
  const named = Promise.withResolvers<TabId>()
  const mux = new MuxSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/mux`,
    WebSocket,
    bearer: options.bearer,
    state: options.state,
    welcomed: named.resolve,
  })
  const retry = () => mux.start()
  mux.start()
  new EventsChannel(mux, { event: options.event, opened: options.renewed })
  window.addEventListener('online', retry)
  return {
    tab: () => named.promise,
    kernel: (kernel, news) => new KernelChannel(mux, kernel, news),
    retry,
    close() {
      window.removeEventListener('online', retry)
      mux.stop()
    },
  }
}
