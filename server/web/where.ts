// Where this gateway is reached: which Host it answers to, which Origin may call it, where frames live. Known once the
// port is, so it is asked for at each request.
import type { AddressInfo } from 'node:net'
import type { Config } from '../config.ts'

export type Where = {
  readonly origin: string
  readonly hosts: ReadonlySet<string>
  readonly loopback: ReadonlySet<string>
  readonly frames: string // one *, replaced by a random label; without it all frames stand on one host, opaque
  readonly contentPort: number
}

export function whereabouts(config: Config, port: number): Where {
  const contentPort = config.contentPort ?? port + 1
  const loopback = new Set(['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`))
  const origin = config.origin ?? `http://localhost:${port}`
  return {
    origin,
    hosts: new Set([new URL(origin).host, ...loopback]),
    loopback,
    frames: config.frames ?? `http://*.nb.localhost:${contentPort}`,
    contentPort,
  }
}

export const portOf = (address: AddressInfo | string | null): number =>
  address && typeof address === 'object' ? address.port : 0

/** A peer on this machine, whatever the family. */
export const isLoopbackPeer = (address: string | undefined): boolean =>
  address !== undefined && /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(address)
