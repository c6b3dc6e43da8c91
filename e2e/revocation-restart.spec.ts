// A right that goes while the gateway is being killed, is not there, or has only just come back: the reader's client comes back with
// its token and its place in the stream, and gets no byte of the kernel, which ends.
import type { Client, KernelStream, Tab } from './client.ts'
import { expect, type Stack, test } from './fixtures.ts'
import { everybody, grant, STREAMED, STREAMS, type Streaming, share, streaming, unshare } from './revoked.ts'
import { alive, until } from './stack.ts'

const DEADLINE = 2000 // ms
const GAP = 5000 // ms until a right runs out: by then the gateway is gone

type Scene = { readonly stack: Stack; readonly author: Client; readonly owner: Client; readonly id: string }

const shares = async ({ author, id }: Scene) => (await author.call('GET /api/notebooks/:id/shares', { params: { id } })).shares

const killed = ({ stack }: Scene) => {
  const pid = stack.pid('gateway')
  process.kill(pid, 'SIGKILL')
  return until('the gateway is gone', 10_000, () => !alive(pid))
}
const back = async ({ stack, author, owner }: Scene) => {
  await until('another gateway', 120_000, () => stack.health())
  await author.renew()
  await owner.renew()
}
/** A process that is there and does nothing, while something is done. */
async function held(pid: number, work: () => Promise<unknown>): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  try {
    await work()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}
const past = (at: number) => until('its moment', 10_000, () => Date.now() > at)

/** By which cause the kernel ends, and the channel is closed. */
const ENDED = { share: { cause: 'revoked', reason: 'revoked' }, grant: { cause: 'withdrawn', reason: 'kernelGone' } } as const
type Way = { readonly title: string; readonly of: keyof typeof ENDED; go(scene: Scene): Promise<void> }

/** How a right goes around a killing; at its end a gateway is there again. */
const WAYS: readonly Way[] = [
  {
    title: 'a share taken back, and the gateway killed before it could end the kernel',
    of: 'share',
    go: async (scene) => {
      await held(scene.stack.pid('runner'), async () => {
        const asked = unshare(scene.author, scene.id).catch(() => 'nobody answers')
        await until('it is taken back', 10_000, async () => (await shares(scene)).length === 0)
        await killed(scene)
        expect(await asked).toBe('nobody answers')
      })
      await back(scene)
    },
  },
  {
    title: 'a share that runs out while the gateway is not there',
    of: 'share',
    go: async (scene) => {
      const over = Date.now() + GAP
      await share(scene.author, scene.id, over)
      await held(scene.stack.root, async () => {
        await killed(scene)
        expect(Date.now()).toBeLessThan(over)
        await past(over)
      })
      await back(scene)
    },
  },
  {
    title: 'a grant of the table that runs out while the gateway is not there',
    of: 'grant',
    go: async (scene) => {
      const over = Date.now() + GAP
      await grant(scene.owner, STREAMED, everybody(over))
      await held(scene.stack.root, async () => {
        await killed(scene)
        expect(Date.now()).toBeLessThan(over)
        await past(over)
      })
      await back(scene)
    },
  },
  {
    title: 'a share taken back at once when the next gateway is there, which has not met the runner',
    of: 'share',
    go: async (scene) => {
      await held(scene.stack.pid('runner'), async () => {
        await killed(scene)
        await back(scene)
        await unshare(scene.author, scene.id)
      })
    },
  },
  {
    title: 'a share taken back once the next gateway has met the runner, before the client is back',
    of: 'share',
    go: async (scene) => {
      await killed(scene)
      await back(scene)
      await until('the runner', 30_000, async () => (await scene.stack.health())?.isolation)
      await unshare(scene.author, scene.id)
    },
  },
]

/** The client of a reader after a killing: the same tab, the same place in the stream. */
async function returns(reader: Client, before: Tab, { kernel, stream }: Streaming): Promise<{ tab: Tab; again: KernelStream }> {
  await reader.renew()
  const tab = await reader.tab(before.resume)
  expect(tab.id).toBe(before.id)
  let again = tab.again(kernel, stream)
  await until('an answer', 30_000, () => {
    if (again.ended_?.reason !== 'goingAway') return again.ended_ !== null || again.seen.length > 0
    again = tab.again(kernel, stream) // the runner was not met yet
    return false
  })
  return { tab, again }
}

test.afterEach(async ({ again }) => grant(await again('Owner'), STREAMED, everybody()))

for (const { title, of, go } of WAYS)
  test(title, async ({ client, stack }) => {
    const [author, reader, owner] = [await client('Analyst'), await client('Colleague'), await client('Owner')]
    const { id } = await author.notebook(`goes ${of}`, STREAMS)
    const scene = { stack, author, owner, id }
    await share(author, id, null)
    const tab = await reader.tab()
    const running = await streaming(reader, tab, id)
    tab.socket.terminate()
    await go(scene)
    const { again } = await returns(reader, tab, running)
    expect(again.seen).toEqual([])
    expect(again.ended_?.reason).toBe(ENDED[of].reason)
    await until('its processes are gone', DEADLINE, () => !running.pids.some(alive))
    const kernels = await reader.call('GET /api/kernels')
    const { phase } = kernels.find(({ kernel }) => kernel === running.kernel) ?? {}
    expect(phase).toMatchObject({ phase: 'exited', cause: ENDED[of].cause })
  })
