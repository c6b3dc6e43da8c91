// What a gateway hears of kernels, however much one of them has to say and however slowly the gateway reads.
import { expect, it } from 'vitest'
import type { Channel } from '#protocol/channelState.ts'
import { WIRE } from '#protocol/limits.ts'
import type { RunnerEvent } from '#protocol/runner.ts'
import { Pair } from '#protocol/testing.ts'
import { decodeJson } from '#protocol/text.ts'
import { Announcer } from './announcer.ts'

function listening() {
  const announcer = new Announcer()
  const pair: Pair = new Pair(
    {},
    {
      open: ({ channel: id }) => {
        const channel: Channel | null = pair.server.accept(
          id,
          { role: 'edit', stream: 's', next: 1, received: 0, resumed: false },
          { message: () => {}, writable: () => channel && announcer.flush(channel), ended: () => {} },
        )
        if (channel) announcer.add(channel)
      },
    },
  )
  const heard: RunnerEvent[] = []
  let held: number | null = 0
  const channel: Channel = pair.opener.openChannel(
    { resource: { type: 'runner' } },
    {
      message: ({ payload, cost }) => {
        heard.push(decodeJson(payload) as RunnerEvent)
        if (held === null) channel.consumed(cost)
        else held += cost
      },
      ended: ({ reason }) => expect.fail(`ended: ${reason}`),
    },
  )
  pair.settle()
  const read = () => {
    channel.consumed(held ?? 0)
    held = null
    pair.settle()
  }
  return { announcer, pair, heard, read }
}

const usage = (kernel: string, memory: number): RunnerEvent => ({
  type: 'usage',
  kernel,
  usage: { memory, cpu: 0, busy: false, idleSince: 0 },
})

it('a gateway that reads nothing for a while gets the newest of each kernel, and keeps its connection', () => {
  const { announcer, pair, heard, read } = listening()
  for (let n = 0; n < 100_000; n++) {
    announcer.announce(usage('k_loud00000', n))
    if (n === 50_000) announcer.announce({ type: 'phase', kernel: 'k_calm00000', phase: { phase: 'ready', level: 3 } })
    pair.settle()
  }
  expect(heard.length * WIRE.frameCost).toBeLessThan(WIRE.window)
  expect(heard.some(({ type }) => type === 'phase')).toBe(false)
  read()
  expect(heard.at(-1)).toEqual(usage('k_loud00000', 99_999))
  expect(heard.filter(({ type }) => type === 'phase')).toHaveLength(1)
  expect(heard.length).toBeLessThan((2 * WIRE.window) / JSON.stringify(usage('k_loud00000', 0)).length)
  announcer.announce(usage('k_calm00000', 1))
  pair.settle()
  expect(heard.at(-1)).toEqual(usage('k_calm00000', 1))
})
