// A runner on a socket in a folder of its own, with everything it made removed at the end.
import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { systemClock } from '../clock.ts'
import type { KernelProvider } from '../providers/provider.ts'
import { type Runner, startRunner } from '../runner.ts'
import { Client } from './client.ts'
import { FakeProvider } from './fakeProvider.ts'

export type Rig = { readonly runner: Runner; readonly socket: string; connect(): Client; close(): Promise<void> }

const PLENTY = 64 * 1024 ** 3

export async function startRig(options: { provider?: KernelProvider; available?: () => number } = {}): Promise<Rig> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'rig-'))
  const socket = path.join(folder, 'run', 'runner.sock')
  const runner = await startRunner({
    provider: options.provider ?? new FakeProvider(3),
    socket,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    host: () => ({ available: options.available?.() ?? PLENTY, shared: false }),
  })
  const clients: Client[] = []
  return {
    runner,
    socket,
    connect: () => {
      const client = new Client(socket)
      clients.push(client)
      return client
    },
    close: async () => {
      for (const client of clients) client.drop()
      await runner.stop()
      await fs.rm(folder, { recursive: true, force: true })
    },
  }
}
