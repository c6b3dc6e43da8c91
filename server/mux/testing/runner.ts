// The kernel runner on fake kernels, as the separate process it is; nothing of it is imported here.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const FAKE = fileURLToPath(new URL('../../../kernel-runner/testing/fake.ts', import.meta.url))

export type FakeRunner = { readonly socket: string; kill(): Promise<void> }

export async function startFakeRunner(socket: string): Promise<FakeRunner> {
  const child: ChildProcess = spawn(process.execPath, [FAKE, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
  const started = await Promise.race([once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data'), once(child, 'exit')])
  if (child.exitCode !== null) throw new Error(`the fake runner ended at once: ${String(started)}`)
  return {
    socket,
    kill: async () => {
      const ended = child.exitCode === null ? once(child, 'exit') : null
      child.kill('SIGKILL')
      await ended
    },
  }
}
