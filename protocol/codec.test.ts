import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCommand, decodeCredit, decodeFrame, encodeCommand, encodeCredit, encodeFrame, relabelFrame } from './codec.ts'
import { KINDS } from './frame.ts'
import { WIRE } from './limits.ts'
import { prefixed, Splitter } from './splitter.ts'
import { same } from './testing.ts'
import { encodeText } from './text.ts'
import { MALFORMED, readVarint, TRUNCATED, varintLength, writeVarint } from './varint.ts'

const natural = fc.oneof(fc.nat(300), fc.nat(70_000), fc.maxSafeNat())
const channelId = fc.oneof(fc.nat(300), fc.integer({ min: 1, max: 2 ** 31 - 1 }))
const bytes = fc.uint8Array({ maxLength: 200 })
const frame = fc.record({
  channel: channelId,
  kind: fc.constantFrom(...KINDS),
  more: fc.boolean(),
  sequence: natural,
  payload: bytes,
})

describe('varints', () => {
  it('come back as they went, in as many bytes as they say', () => {
    fc.assert(
      fc.property(natural, fc.nat(5), (value, at) => {
        const into = new Uint8Array(at + 8)
        expect(writeVarint(into, at, value)).toBe(at + varintLength(value))
        expect(readVarint(into, at)).toBe(value)
        expect(readVarint(into.subarray(0, at + varintLength(value) - 1), at)).toBe(TRUNCATED)
      }),
    )
  })

  it('have one encoding each', () => {
    expect(readVarint(Uint8Array.of(0x80, 0), 0)).toBe(MALFORMED)
    expect(readVarint(new Uint8Array(9).fill(0x80), 0)).toBe(MALFORMED)
    expect(readVarint(new Uint8Array(8).fill(0xff), 0)).toBe(MALFORMED)
  })
})

describe('frames', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(frame, (given) => {
        const encoded = encodeFrame(given.channel, given.kind, given.more, given.sequence, given.payload)
        const decoded = decodeFrame(encoded)
        expect({ ...decoded, payload: null }).toEqual({ ...given, payload: null })
        expect(same(decoded?.payload, given.payload)).toBe(true)
      }),
    )
  })

  it('keep all but the channel when they are relabelled', () => {
    fc.assert(
      fc.property(frame, channelId, ({ channel, kind, more, sequence, payload }, to) => {
        const relabelled = relabelFrame(encodeFrame(channel, kind, more, sequence, payload), channel, to)
        expect(same(relabelled, encodeFrame(to, kind, more, sequence, payload))).toBe(true)
      }),
    )
  })

  it('are refused, never thrown over, where bytes are none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (garbage) => void decodeFrame(garbage)))
    expect(decodeFrame(new Uint8Array(0))).toBeNull()
    expect(decodeFrame(Uint8Array.of(1, 6, 1))).toBeNull() // no such kind
    expect(decodeFrame(Uint8Array.of(1, 1))).toBeNull() // no sequence
    expect(decodeFrame(encodeFrame(1, 'text', false, 1, new Uint8Array(WIRE.fragment + 1)))).toBeNull()
    expect(decodeFrame(encodeFrame(1, 'text', false, 1, new Uint8Array(WIRE.fragment)))).not.toBeNull()
  })

  it('of credit hold exactly one number', () => {
    fc.assert(
      fc.property(natural, natural, (acknowledged, granted) => {
        const decoded = decodeFrame(encodeCredit(3, acknowledged, granted))
        expect([decoded?.sequence, decodeCredit(decoded?.payload ?? new Uint8Array())]).toEqual([acknowledged, granted])
      }),
    )
    expect(decodeCredit(Uint8Array.of(1, 1))).toBeNull()
    expect(decodeCredit(new Uint8Array(0))).toBeNull()
  })
})

describe('commands', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), bytes, (head, body) => {
        const decoded = decodeCommand(encodeCommand(head, body))
        expect(decoded?.head).toEqual(JSON.parse(JSON.stringify(head)))
        expect(same(decoded?.body, body)).toBe(true)
      }),
    )
  })

  it('are refused where the head is too long, cut off, or no JSON', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => void decodeCommand(garbage)))
    expect(decodeCommand(new Uint8Array(0))).toBeNull()
    expect(decodeCommand(Uint8Array.of(5, 123))).toBeNull()
    expect(decodeCommand(Uint8Array.of(1, 123))).toBeNull()
    expect(decodeCommand(encodeCommand({ path: 'x'.repeat(WIRE.head) }, encodeText('')))).toBeNull()
  })
})

describe('the splitter', () => {
  it.each(['kept', 'reused'] as const)('gives the same frames however the stream is cut, of chunks that are %s', (chunks) => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bytes, fc.uint8Array({ minLength: 200, maxLength: 3000 }))),
        fc.infiniteStream(fc.integer({ min: 1, max: 500 })),
        (frames, cuts) => {
          const stream = joined(frames.map((part) => prefixed(part)))
          const got: Uint8Array[] = []
          const splitter = new Splitter(chunks, (part) => got.push(part))
          const room = new Uint8Array(500)
          const read = (part: Uint8Array) => {
            if (chunks === 'kept') return part.slice()
            room.fill(0xee).set(part)
            return room.subarray(0, part.byteLength)
          }
          for (let at = 0; at < stream.byteLength; ) {
            const end = at + (cuts.next().value ?? 1)
            expect(splitter.push(read(stream.subarray(at, end)))).toBe(true)
            at = end
          }
          expect(got.length).toBe(frames.length)
          expect(got.every((part, index) => same(part, frames[index] ?? new Uint8Array(1)))).toBe(true)
        },
      ),
    )
  })

  it('refuses a length that no frame has', () => {
    const lengthOf = (length: number) => {
      const prefix = new Uint8Array(varintLength(length))
      writeVarint(prefix, 0, length)
      return prefix
    }
    expect(new Splitter('kept', () => {}).push(lengthOf(WIRE.fragment + 1000))).toBe(false)
    expect(new Splitter('kept', () => {}).push(new Uint8Array(10).fill(0xff))).toBe(false)
  })
})

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.byteLength
  }
  return all
}
