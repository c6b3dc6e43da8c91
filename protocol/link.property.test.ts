// Properties of two links over a network that delivers, delays and loses as the test says; and what a hostile peer gets.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Channel } from './channelState.ts'
import { decodeFrame, encodeFrame, frameCost } from './codec.ts'
import { WIRE } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { Opening } from './port.ts'
import { type Message, Reassembler } from './reassemble.ts'
import { Pair } from './testing.ts'
import { decodeText, encodeText } from './text.ts'

const kernel = { type: 'kernel', kernel: 'k_12345678' } as const
type End = { readonly here: Channel; readonly there: () => Channel; readonly heard: string[]; readonly ends: string[] }

/** A message says who sent it, and is padded to a length. */
const saying = (text: string, length: number) => encodeText(text.padEnd(Math.max(length, text.length + 1), ' .'))
const word = (message: Message) => (decodeText(message.payload) ?? '').split(' ')[0] ?? ''

/** `count` channels on one pair; what each end hears, in order. */
function channels(count: number, consume = true) {
  const accepted: Channel[] = []
  const heardThere: string[][] = []
  const pair: Pair = new Pair(
    {},
    {
      open: (opening: Opening) => {
        const heard: string[] = []
        const channel = pair.server.accept(
          opening.channel,
          { role: 'edit', stream: 's', next: 1, received: 0, resumed: false },
          {
            message: (message) => {
              heard.push(word(message))
              if (consume) channel?.consumed(message.cost)
            },
            ended: ({ reason }) => heard.push(`ended:${reason}`),
          },
        )
        if (channel) accepted.push(channel)
        heardThere.push(heard)
      },
    },
  )
  const opened = Array.from({ length: count }, () => {
    const heard: string[] = []
    const channel: Channel = pair.opener.openChannel(
      { resource: kernel },
      {
        message: (message) => {
          heard.push(word(message))
          if (consume) channel.consumed(message.cost)
        },
        ended: ({ reason }) => heard.push(`ended:${reason}`),
      },
    )
    return { channel, heard }
  })
  pair.settle()
  const ends = opened.map(({ channel, heard }, index): End => {
    const there = () => accepted[index] as Channel
    return { here: channel, there, heard, ends: heardThere[index] ?? [] }
  })
  return { pair, ends }
}

const size = fc.oneof({ arbitrary: fc.nat(2000), weight: 5 }, { arbitrary: fc.nat(400_000), weight: 1 })
const action = (count: number) =>
  fc.oneof(
    fc.record({ do: fc.constant('up' as const), channel: fc.nat(count - 1), size }),
    fc.record({ do: fc.constant('down' as const), channel: fc.nat(count - 1), size }),
    fc.record({ do: fc.constantFrom('toServer' as const, 'toOpener' as const), times: fc.nat(6) }),
  )

describe('many channels on one link', () => {
  it('lose, double, reorder and mix up nothing, in whatever order the network delivers', () => {
    const count = 5
    fc.assert(
      fc.property(fc.array(action(count), { maxLength: 80 }), (actions) => {
        const { pair, ends } = channels(count)
        const sent = ends.map(() => ({ up: [] as string[], down: [] as string[] }))
        actions.forEach((step, index) => {
          if ('times' in step) {
            for (let time = 0; time < step.times; time++) pair.deliver(step.do === 'toServer' ? 'server' : 'opener')
            return
          }
          const name = `${step.channel}-${step.do}-${index}`
          sent[step.channel]?.[step.do].push(name)
          const end = ends[step.channel]
          if (step.do === 'up') end?.here.send('request', saying(name, step.size))
          else end?.there().send('text', saying(name, step.size))
        })
        pair.settle()
        expect(ends.map((end) => ({ up: end.ends, down: end.heard }))).toEqual(sent)
        expect(Math.max(pair.openerWire.most, pair.serverWire.most)).toBeLessThanOrEqual(WIRE.unsentSocket + WIRE.fragment + 600)
      }),
      { numRuns: 60 },
    )
  })

  it('never send more than was granted, and a reader that does not consume gets its window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 40, maxLength: 120 }), (sizes) => {
        const { pair, ends } = channels(1, false)
        const [end] = ends
        let handed = 0
        for (const [index, length] of sizes.entries()) end?.there().send('text', saying(`${index}`, length))
        for (let frame = pair.serverWire.take(); frame !== undefined; frame = pair.serverWire.take()) {
          handed += frameCost(decodeFrame(frame)?.payload.byteLength ?? 0)
          pair.opener.receive(frame)
          pair.server.drain()
        }
        expect(handed).toBeLessThanOrEqual(WIRE.window)
        expect(end?.heard.some((word) => word.startsWith('ended'))).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  it('let a small message pass a flood after what the socket holds and one frame', () => {
    const { pair, ends } = channels(3)
    ends[0]?.there().send('binary', new Uint8Array(8 << 20))
    ends[1]?.there().send('binary', new Uint8Array(8 << 20))
    for (let step = 0; step < 10; step++) pair.deliver('opener')
    ends[2]?.there().send('text', encodeText('small'))
    let before = 0
    while (ends[2]?.heard.length === 0) {
      before++
      pair.deliver('opener')
    }
    expect(before).toBeLessThanOrEqual(WIRE.unsentSocket / WIRE.fragment + 1 + 2 + 1)
  })

  it('hold what a peer that reads nothing makes them hold within its bounds', () => {
    const { pair, ends } = channels(1)
    for (let index = 0; index < 20; index++) ends[0]?.there().send('binary', new Uint8Array(1 << 20))
    for (let nonce = 0; nonce < 100_000; nonce++) {
      pair.server.receive(encodeFrame(0, 'control', false, 0, encodeText(`{"type":"ping","nonce":${nonce}}`)))
    }
    expect(pair.serverWire.most).toBeLessThanOrEqual(WIRE.unsentSocket + WIRE.fragment + 64)
    expect(ends[0]?.there().queued).toBeLessThan(21 << 20)
  })
})

describe('a lost connection', () => {
  const drop = fc.record({ up: fc.nat(4), down: fc.nat(4), toServer: fc.nat(8), toOpener: fc.nat(8) })

  it('resumed any number of times at any point: no gap, no duplicate', () => {
    fc.assert(
      fc.property(fc.array(drop, { minLength: 1, maxLength: 12 }), fc.infiniteStream(size), (drops, sizes) => {
        const length = () => sizes.next().value ?? 10
        const ring: Uint8Array[] = [] // all the server side ever said
        const asked: Uint8Array[] = [] // all the opener ever asked
        const ran: string[] = []
        const heard: string[] = []
        let last = 0
        const session = (round: number, plan: (typeof drops)[number] | null) => {
          let there = null as Channel | null
          const pair: Pair = new Pair(
            {},
            {
              open: ({ channel, resume }) => {
                const point = {
                  role: 'edit',
                  stream: 's',
                  next: (resume?.received ?? 0) + 1,
                  received: ran.length,
                  resumed: resume !== undefined,
                } as const
                there = pair.server.accept(channel, point, {
                  message: (message) => {
                    ran.push(word(message))
                    there?.consumed(message.cost)
                  },
                  ended: () => {},
                })
                for (const payload of ring.slice(point.next - 1)) there?.send('text', payload)
              },
            },
          )
          let ready = false
          const here: Channel = pair.opener.openChannel(
            { resource: kernel, ...(round > 0 && { resume: { stream: 's', received: last } }) },
            {
              opened: ({ received }) => {
                ready = true
                for (const payload of asked.slice(received)) here.send('request', payload)
              },
              message: (message) => {
                heard.push(word(message))
                here.consumed(message.cost)
                last = message.sequence
              },
              ended: ({ reason }) => {
                if (reason !== 'lost') heard.push(`ended:${reason}`)
              },
            },
          )
          pair.deliver('server')
          pair.deliver('opener')
          for (let index = 0; index < (plan?.up ?? 0); index++) {
            const payload = saying(`${asked.length}`, length())
            asked.push(payload)
            if (ready) here.send('request', payload)
          }
          for (let index = 0; index < (plan?.down ?? 0); index++) {
            const payload = saying(`${ring.length}`, length())
            ring.push(payload)
            there?.send('text', payload)
          }
          if (plan === null) pair.settle()
          for (let step = 0; step < (plan?.toServer ?? 0); step++) pair.deliver('server')
          for (let step = 0; step < (plan?.toOpener ?? 0); step++) pair.deliver('opener')
          pair.opener.wireClosed(1006)
          pair.server.wireClosed(1006)
        }
        for (const [round, plan] of drops.entries()) session(round, plan)
        session(drops.length, null)
        expect(heard).toEqual(ring.map((_, index) => `${index}`))
        expect(ran).toEqual(asked.map((_, index) => `${index}`))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a hostile or broken peer', () => {
  // Whole messages: fragments of one message carry no number of their own, the transport keeps their order.
  const one = fc.oneof({ arbitrary: fc.nat(2000), weight: 5 }, { arbitrary: fc.nat(60_000), weight: 1 })
  const tampering = fc.constantFrom('drop', 'double', 'swap', 'truncate', 'extend')

  it('that drops, doubles, swaps, cuts or lengthens frames is noticed; nothing wrong is handed on', () => {
    fc.assert(
      fc.property(tampering, fc.nat(30), fc.array(one, { minLength: 8, maxLength: 12 }), (how, at, sizes) => {
        const { pair, ends } = channels(1)
        for (const [index, length] of sizes.entries()) ends[0]?.here.send('request', saying(`${index}`, length))
        const waiting = pair.openerWire.waiting
        const index = at % waiting.length
        const frame = waiting[index] as Uint8Array
        const next = waiting[index + 1]
        const last = next === undefined && ends[0]?.here.queued === 0
        if (how === 'drop') waiting.splice(index, 1)
        else if (how === 'double') waiting.splice(index, 0, frame)
        else if (how === 'swap' && next) waiting.splice(index, 2, next, frame)
        else if (how === 'truncate') waiting[index] = frame.slice(0, 2)
        else if (how === 'extend') waiting[index] = encodeFrame(1, 'request', true, 1, new Uint8Array(WIRE.fragment + 1))
        pair.settle()
        const heard = ends[0]?.ends ?? []
        const words = heard.filter((item) => !item.startsWith('ended'))
        expect(words).toEqual(sizes.map((_, number) => `${number}`).slice(0, words.length))
        const noticed = heard.some((item) => ['ended:gap', 'ended:badFrame'].includes(item))
        const unseen = last && (how === 'drop' || how === 'swap') // nothing follows that could show it
        expect(noticed || unseen || (how === 'swap' && next === undefined)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('is closed with the named code', () => {
    const outcome = (bytes: readonly Uint8Array[]) => {
      const { pair, ends } = channels(1)
      for (const frame of bytes) pair.server.receive(frame)
      return [pair.serverWire.closed?.reason ?? 'open', ...(ends[0]?.ends ?? [])]
    }
    const one = encodeText('x')
    const control = (message: object) => encodeFrame(0, 'control', false, 0, encodeText(JSON.stringify(message)))
    expect(outcome([encodeFrame(9, 'request', false, 1, one)])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([encodeFrame(1, 'control', false, 0, one)])).toEqual(['open', 'ended:forbidden'])
    expect(outcome([encodeFrame(1, 'text', false, 1, one)])).toEqual(['open', 'ended:forbidden'])
    expect(outcome([encodeFrame(1, 'response', false, 0, one)])).toEqual(['open', 'ended:forbidden'])
    expect(outcome([encodeFrame(1, 'request', false, 0, one)])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([encodeFrame(1, 'request', false, 2, one)])).toEqual(['open', 'ended:gap'])
    expect(outcome([encodeFrame(1, 'credit', false, 0, Uint8Array.of(1, 1))])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([encodeFrame(0, 'control', false, 0, encodeText('{'))])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([control({ type: 'hello', protocol: 1, bearer: 'b' })])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([control({ type: 'open', channel: 1, resource: kernel, window: WIRE.window })])).toEqual([
      'badFrame',
      'ended:badFrame',
    ])
    expect(outcome([control({ type: 'open', channel: 2, resource: kernel, window: 10 })])).toEqual(['badFrame', 'ended:badFrame'])
    expect(outcome([control({ type: 'open', channel: 2, resource: kernel, window: WIRE.window, more: 1 })])).toEqual([
      'badFrame',
      'ended:badFrame',
    ])
    const part = new Uint8Array(WIRE.fragment)
    const mixed = [encodeFrame(1, 'request', true, 1, part), encodeFrame(1, 'request', true, 1, new Uint8Array(0))]
    expect(outcome(mixed)).toEqual(['badFrame', 'ended:badFrame'])
  })

  it('gets no more than its window, one message of the limit, and its channels', () => {
    const part = new Uint8Array(WIRE.fragment)
    const flood = channels(1, false)
    for (let sequence = 1; sequence <= 20; sequence++) flood.pair.server.receive(encodeFrame(1, 'request', false, sequence, part))
    expect(flood.ends[0]?.ends.at(-1)).toBe('ended:overrun')
    const long = channels(1)
    for (let frame = 0; frame <= WIRE.message / WIRE.fragment; frame++) {
      long.pair.server.receive(encodeFrame(1, 'request', true, 1, part))
    }
    expect(long.ends[0]?.ends).toEqual(['ended:tooBig'])
    const many = channels(WIRE.channels + 3)
    expect(many.ends.filter(({ heard }) => heard.includes('ended:overrun')).length).toBe(3)
    expect(many.pair.server.size).toBe(WIRE.channels)
  })

  it('may not cut a message into crumbs: a fragment that does not fill its half ends the link', () => {
    const full = fc.integer({ min: WIRE.fragment / 2, max: WIRE.fragment })
    const crumb = fc.oneof(fc.constant(0), fc.constant(1), fc.integer({ min: 0, max: WIRE.fragment / 2 - 1 }))
    fc.assert(
      fc.property(fc.array(full, { maxLength: 20 }), crumb, fc.nat(20), (lengths, short, at) => {
        const { pair, ends } = channels(1)
        const fragments = lengths.toSpliced(at, 0, short)
        for (const length of fragments) pair.server.receive(encodeFrame(1, 'request', true, 1, new Uint8Array(length)))
        expect([pair.serverWire.closed?.reason, ...(ends[0]?.ends ?? [])]).toEqual(['badFrame', 'ended:badFrame'])
      }),
      { numRuns: 40 },
    )
  })

  it('fills its own fragments, whatever the length of a message and of its sequence', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 * WIRE.fragment }),
        fc.constantFrom(1, 127, 128, 2 ** 21, 2 ** 40),
        (length, next) => {
          const outbox = new Outbox(WIRE.window, next)
          const sent: Uint8Array[] = []
          outbox.push('text', new Uint8Array(length))
          while (outbox.take(9000, { send: (frame) => void sent.push(frame) }));
          const frames = sent.map((frame) => decodeFrame(frame))
          const whole = new Reassembler()
          const last = frames.map((frame) => frame && whole.add(frame)).at(-1)
          expect(frames.every((frame) => frame !== null && frame.payload.byteLength <= WIRE.fragment)).toBe(true)
          expect(last).toMatchObject({ sequence: next, payload: { byteLength: length } })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('that opens and never reads is ended when its answers pile up', () => {
    const pair = new Pair({}, { open: ({ channel }) => pair.server.refuse(channel, 'notFound', 'x'.repeat(400)) })
    for (let channel = 1; channel < 2000; channel++) {
      const message = { type: 'open', channel, resource: kernel, window: WIRE.window }
      pair.server.receive(encodeFrame(0, 'control', false, 0, encodeText(JSON.stringify(message))))
    }
    expect(pair.serverWire.closed?.reason).toBe('overrun')
  })

  it('survives any bytes at all', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (garbage) => {
        const { pair } = channels(2)
        for (const bytes of garbage) pair.server.receive(bytes)
        for (const bytes of garbage) pair.opener.receive(bytes)
      }),
    )
  })
})
