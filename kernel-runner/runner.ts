// The kernel runner, put together: one provider, all kernels, one socket for the gateway.
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import type { Link } from '#protocol/link.ts'
import type { RunnerInfo } from '#protocol/runner.ts'
import type { Clock } from '#protocol/wire.ts'
import { Announcer } from './announcer.ts'
import { GATEWAY } from './bounds.ts'
import { Calls } from './calls.ts'
import { serveGateway } from './gateway.ts'
import { listenPrivately } from './instance.ts'
import type { Host } from './kernels/admission.ts'
import { Kernels } from './kernels/kernels.ts'
import { LibraryRelay } from './library/relay.ts'
import type { Log } from './log.ts'
import type { KernelProvider } from './providers/provider.ts'
import { RingBudget } from './stream/budget.ts'

export type RunnerOptions = {
  readonly provider: KernelProvider
  readonly socket: string
  readonly log: Log
  readonly clock: Clock
  readonly host: () => Omit<Host, 'level'>
}

export type Runner = { readonly info: RunnerInfo; readonly kernels: Kernels; stop(): Promise<void> }

/** Resolves once it listens. */
export async function startRunner({ provider, socket, log, clock, host }: RunnerOptions): Promise<Runner> {
  const offered = await provider.open()
  const info: RunnerInfo = {
    ...offered,
    why: [...offered.why],
    packages: [...offered.packages],
    instance: randomBytes(9).toString('base64url'),
  }
  const announcer = new Announcer()
  const library = new LibraryRelay(clock)
  const { level } = info
  const world = { provider, level, clock, budget: new RingBudget(), log, library, announce: announcer.announce }
  const kernels = new Kernels(world, () => ({ ...host(), level }))
  const links = new Set<Link>()
  const served = {
    kernels,
    calls: new Calls(kernels, () => ({ ...info, packages: [...provider.packages()] })),
    announcer,
    library,
    clock,
  }
  const server = net.createServer((connection) => {
    const link = serveGateway(connection, served)
    links.add(link)
    connection.on('close', () => links.delete(link))
  })
  server.maxConnections = GATEWAY.connections
  await listenPrivately(server, socket)
  log.info({ level: info.level, why: info.why, instance: info.instance }, 'listening')

  const stop = async () => {
    server.close()
    await kernels.close('runner-lost')
    for (const link of links) link.close('goingAway')
    await provider.close()
  }
  return { info, kernels, stop }
}
