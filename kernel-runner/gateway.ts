// One connection of a gateway: its channels are kernels and the runner itself. Several may be there at once, since a
// killed gateway's socket can outlive it for a moment; a kernel has one attachment whoever asks.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { KernelId, TabId } from '#protocol/ids.ts'
import { RelayedAnswer } from '#protocol/library.ts'
import { WIRE } from '#protocol/limits.ts'
import { Link } from '#protocol/link.ts'
import type { Opening } from '#protocol/port.ts'
import { decodeJson } from '#protocol/text.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Announcer } from './announcer.ts'
import type { Calls } from './calls.ts'
import type { Kernels } from './kernels/kernels.ts'
import type { LibraryRelay } from './library/relay.ts'
import { feed, unixWire } from './wire.ts'

export type Served = {
  readonly kernels: Kernels
  readonly calls: Calls
  readonly announcer: Announcer
  readonly library: LibraryRelay
  readonly clock: Clock
}

export function serveGateway(socket: Socket, served: Served): Link {
  const link: Link = new Link({
    side: 'server',
    hello: false,
    wire: unixWire(socket, () => link),
    clock: served.clock,
    channels: WIRE.runnerChannels,
    events: { open: (opening) => open(link, opening, served), closed: () => {} },
  })
  feed(socket, link)
  return link
}

function open(link: Link, opening: Opening, served: Served): void {
  const { resource } = opening
  if (resource.type === 'runner') openRunner(link, opening, served)
  else if (resource.type === 'library') openLibrary(link, opening, served.library)
  else if (resource.type === 'kernel' && opening.tab !== undefined)
    openKernel(link, opening, resource.kernel, opening.tab, served.kernels)
  else link.refuse(opening.channel, 'notFound')
}

function openRunner(link: Link, opening: Opening, { calls, announcer }: Served): void {
  const stream = randomBytes(9).toString('base64url')
  const channel = link.accept(
    opening.channel,
    { role: 'edit', stream, next: 1, received: 0, resumed: false },
    {
      message: (message) => {
        channel?.consumed(message.cost)
        channel?.send('response', calls.answer(message))
      },
      writable: () => channel && announcer.flush(channel),
      ended: () => channel && announcer.remove(channel),
    },
  )
  if (channel) announcer.add(channel)
}

function openLibrary(link: Link, opening: Opening, relay: LibraryRelay): void {
  const channel = link.accept(
    opening.channel,
    { role: 'edit', stream: randomBytes(9).toString('base64url'), next: 1, received: 0, resumed: false },
    {
      message: (message) => {
        channel?.consumed(message.cost)
        const answer = RelayedAnswer.safeParse(decodeJson(message.payload))
        if (answer.success) relay.answered(answer.data)
      },
      ended: () => channel && relay.ended(channel),
    },
  )
  if (channel) relay.opened(channel)
}

function openKernel(link: Link, opening: Opening, id: KernelId, tab: TabId, kernels: Kernels): void {
  const kernel = kernels.get(id)
  if (!kernel?.alive) {
    link.refuse(opening.channel, 'kernelGone', kernels.lastWords(id))
    return
  }
  const { session, spec } = kernel
  const { attachment, ...from } = session.attach(tab, opening.resume)
  const channel = link.accept(
    opening.channel,
    { role: spec.mode, ...from },
    {
      message: (message) => attachment.message(message),
      acknowledged: (sequence) => attachment.acknowledged(sequence),
      writable: () => attachment.pump(),
      ended: () => session.left(attachment),
    },
  )
  if (channel) attachment.begin(channel)
  else session.left(attachment)
}
