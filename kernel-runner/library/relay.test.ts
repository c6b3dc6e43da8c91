import { type Duplex, duplexPair } from 'node:stream'
import { beforeEach, expect, test } from 'vitest'
import { LIBRARY } from '#protocol/library.ts'
import { ManualClock } from '../testing/clock.ts'
import { LibraryRelay } from './relay.ts'

type Ask = { call: number; kernel: string; line: string }

class Gateway {
  readonly asks: Ask[] = []
  send(_: 'text', payload: Uint8Array): number {
    this.asks.push(JSON.parse(Buffer.from(payload).toString()) as Ask)
    return this.asks.length
  }
}

let clock: ManualClock
let relay: LibraryRelay
let gateway: Gateway

beforeEach(() => {
  clock = new ManualClock()
  relay = new LibraryRelay(clock)
  gateway = new Gateway()
  relay.opened(gateway)
})

/** The kernel's end of a new connection. */
function connect(kernel: string): Duplex {
  const [inside, outside] = duplexPair()
  relay.serve(kernel, outside)
  return inside
}
const turn = () => new Promise((done) => setImmediate(done))
const said = async (inside: Duplex) => {
  await turn()
  return (inside.read() as Buffer | null)?.toString() ?? null
}
const closed = (inside: Duplex) => new Promise<void>((done) => inside.resume().once('close', done).once('end', done))

test('a line goes out with the id of the kernel whose socket it came through, and its answer comes back there', async () => {
  const [one, other] = [connect('k_one'), connect('k_other')]
  other.write('{"of":"other"}\n')
  one.write('{"of":')
  one.write('"one","kernel":"k_other"}\n')
  await turn()
  expect(gateway.asks).toEqual([
    { call: 1, kernel: 'k_other', line: '{"of":"other"}' },
    { call: 2, kernel: 'k_one', line: '{"of":"one","kernel":"k_other"}' },
  ])
  relay.answered({ call: 2, line: 'for one' })
  relay.answered({ call: 1, line: 'for other' })
  expect(await said(one)).toBe('for one\n')
  expect(await said(other)).toBe('for other\n')
})

test('one connection asks again and again', async () => {
  const inside = connect('k_one')
  for (const call of [1, 2, 3]) {
    inside.write(`${call}\n`)
    await turn()
    relay.answered({ call, line: `${call}!` })
    expect(await said(inside)).toBe(`${call}!\n`)
  }
})

test('who does not wait for an answer, or says too much, is closed and not passed on', async () => {
  for (const words of ['one\ntwo\n', 'x'.repeat(LIBRARY.ask + 1)]) {
    const inside = connect('k_one')
    inside.write(words)
    await closed(inside)
  }
  expect(gateway.asks).toEqual([])
})

test('a gateway that is away, goes, or does not answer in time closes the connection', async () => {
  const waiting = connect('k_one')
  waiting.write('1\n')
  await turn()
  relay.ended(gateway)
  await closed(waiting)
  const alone = connect('k_one')
  alone.write('2\n')
  await closed(alone)
  relay.opened(gateway)
  const late = connect('k_one')
  late.write('3\n')
  await turn()
  clock.pass(LIBRARY.deadline)
  await closed(late)
  relay.answered({ call: 2, line: 'too late' })
})

test('connections of one kernel are bounded; another’s are not touched', async () => {
  const open = Array.from({ length: LIBRARY.connections }, () => connect('k_one'))
  await closed(connect('k_one'))
  const other = connect('k_other')
  other.write('1\n')
  await turn()
  expect(gateway.asks).toHaveLength(1)
  open[0]?.destroy()
  await turn()
  const next = connect('k_one')
  next.write('2\n')
  await turn()
  expect(gateway.asks).toHaveLength(2)
})

test('who goes in the middle of a line or of an answer leaves the others theirs', async () => {
  const goes = async (words: string, error?: Error) => {
    const [inside, outside] = duplexPair()
    relay.serve('k_one', outside)
    inside.write(words)
    await turn()
    relay.answered({ call: 1, line: 'not read' })
    await turn()
    outside.destroy(error)
    await turn()
  }
  await goes('half a li') // its kernel was ended
  await goes('1\n', new Error('read ECONNRESET')) // it closed, and had not read its answer
  await goes('2\n') // nobody had answered yet
  const other = connect('k_other')
  other.write('3\n')
  await turn()
  relay.answered({ call: 3, line: 'still here' })
  expect(await said(other)).toBe('still here\n')
})
