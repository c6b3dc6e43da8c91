// Roles in processes of their own: each says {ready: …} once, answers 'rss', and ends with its parent's word.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export type Child = { readonly process: ChildProcess; readonly address: string; ask<T>(what: string): Promise<T>; end(): void }

export async function start(file: URL, ...args: readonly string[]): Promise<Child> {
  const child = fork(file, args, { execArgv: (process.env.ROLE_FLAGS ?? '').split(' ').filter(Boolean) })
  const [ready] = (await once(child, 'message')) as [{ readonly ready: string }]
  return {
    process: child,
    address: ready.ready,
    ask: async <T>(what: string) => {
      child.send(what)
      const [answer] = (await once(child, 'message')) as [T]
      return answer
    },
    end: () => child.kill(),
  }
}

/** In the child: says where it listens and answers questions about itself. */
export function ready(address: string, answers: Readonly<Record<string, () => unknown>> = {}): void {
  process.on('message', (what: string) => process.send?.((answers[what] ?? known[what] ?? (() => null))()))
  process.on('disconnect', () => process.exit())
  process.send?.({ ready: address })
}

const known: Readonly<Record<string, () => unknown>> = {
  rss: () => process.memoryUsage.rss(),
  cpu: () => process.cpuUsage().user + process.cpuUsage().system, // µs
}
