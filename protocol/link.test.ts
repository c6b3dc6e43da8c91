import { describe, expect, it } from 'vitest'
import type { Channel } from './channelState.ts'
import { encodeFrame } from './codec.ts'
import type { Opening } from './port.ts'
import type { Message } from './reassemble.ts'
import { Pair, same } from './testing.ts'
import { decodeText, encodeText } from './text.ts'

const kernel = { type: 'kernel', kernel: 'k_12345678' } as const
const fresh = { role: 'edit', stream: 's1', next: 1, received: 0, resumed: false } as const

function joined() {
  const got: { server: Message[]; opener: Message[]; ends: string[] } = { server: [], opener: [], ends: [] }
  let there: Channel | null = null
  const pair = new Pair(
    { closed: (end) => got.ends.push(`opener ${end.reason}`) },
    {
      closed: (end) => got.ends.push(`server ${end.reason}`),
      open: (opening: Opening) => {
        there = pair.server.accept(opening.channel, fresh, {
          message: (message) => {
            got.server.push(message)
            there?.consumed(message.cost)
          },
          ended: (end) => got.ends.push(`there ${end.reason}`),
        })
      },
    },
  )
  const here: Channel = pair.opener.openChannel(
    { resource: kernel },
    {
      message: (message) => {
        got.opener.push(message)
        here.consumed(message.cost)
      },
      ended: (end) => got.ends.push(`here ${end.reason}`),
    },
  )
  pair.settle()
  if (there === null) throw new Error('not accepted')
  return { pair, here, there: there as Channel, got }
}

describe('a link', () => {
  it('carries messages of any size both ways, in order and numbered from 1', () => {
    const { pair, here, there, got } = joined()
    const big = new Uint8Array(3_000_000).map((_, index) => index * 7)
    here.send('request', encodeText('one'))
    here.send('request', big)
    there.send('text', encodeText('two'))
    there.send('binary', big)
    pair.settle()
    expect(got.server.map((message) => [message.kind, message.sequence, message.payload.byteLength])).toEqual([
      ['request', 1, 3],
      ['request', 2, big.byteLength],
    ])
    expect(decodeText(got.opener[0]?.payload ?? big)).toBe('two')
    expect(same(got.opener[1]?.payload, big)).toBe(true)
    expect([here.received, there.received]).toEqual([2, 2])
  })

  it('welcomes only after one small hello, and in time', () => {
    const heard: string[] = []
    const events = { hello: () => heard.push('hello') }
    const silent = new Pair({}, events, true)
    silent.clock.pass(5000)
    expect(silent.serverWire.closed?.code).toBe(4408)
    const early = new Pair({}, events, true)
    early.server.receive(encodeFrame(1, 'text', false, 1, encodeText('x')))
    expect(early.serverWire.closed?.code).toBe(4400)
    const large = new Pair({}, events, true)
    large.opener.hello({ bearer: 'b'.repeat(9000) })
    large.settle()
    expect(large.serverWire.closed?.code).toBe(4400)
    expect(heard).toEqual([])
    const right = new Pair({}, events, true)
    right.opener.hello({ bearer: 'b' })
    right.settle()
    right.server.welcome({ tab: 't_12345678', person: 'p_12345678', resume: 'r', resumed: false })
    right.settle()
    expect([heard, right.opener.open, right.server.open]).toEqual([['hello'], true, true])
  })

  it('ends a channel from either side and drops what was under way', () => {
    const { pair, here, there, got } = joined()
    there.send('text', encodeText('under way'))
    here.close()
    pair.settle()
    expect([got.opener.length, got.ends, pair.opener.size, pair.server.size]).toEqual([0, ['there normal'], 0, 0])
    const other = joined()
    other.here.send('request', encodeText('under way'))
    other.there.close('kernelGone', 'it ended')
    other.pair.settle()
    expect([other.got.server.length, other.got.ends, other.pair.opener.size, other.pair.server.size]).toEqual([
      0,
      ['here kernelGone'],
      0,
      0,
    ])
  })

  it('notices a silent peer after two beats, and not an idle one', () => {
    const { pair, got } = joined()
    for (let beat = 0; beat < 10; beat++) {
      pair.clock.pass(10_000)
      pair.settle()
    }
    expect(got.ends).toEqual([])
    pair.clock.pass(30_000)
    expect(got.ends).toContain('here lost')
    expect(got.ends).toContain('server lost')
  })
})
