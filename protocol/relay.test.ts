import { describe, expect, it } from 'vitest'
import { RequestHead } from './channel.ts'
import type { Channel } from './channelState.ts'
import type { CloseName } from './close.ts'
import { decodeCommand, decodeFrame, encodeCommand, frameCost } from './codec.ts'
import { WIRE } from './limits.ts'
import type { Message } from './reassemble.ts'
import { type AnswerVerdict, pass, Relay, type Verdict } from './relay.ts'
import { Pair, same } from './testing.ts'
import { encodeText } from './text.ts'

const kernel = { type: 'kernel', kernel: 'k_12345678' } as const
const NOTHING = new Uint8Array(0)

type Judges = {
  request?: (message: Message) => Verdict | Promise<Verdict>
  response?: (message: Message) => AnswerVerdict | Promise<AnswerVerdict>
}

type Seen = { readonly browser: Message[]; readonly runner: Message[]; readonly ends: string[]; readonly ids: unknown[] }

/** The gateway's link to the runner, and the runner's channel on it once there is one. */
function runnerSide(seen: Seen, consume: boolean) {
  let runner: Channel | null = null
  const opened = { role: 'edit', stream: 's1', next: 1, received: 0, resumed: false } as const
  const back = new Pair(
    {},
    {
      open: ({ channel }) => {
        runner = back.server.accept(channel, opened, {
          message: (message) => {
            seen.runner.push(message)
            if (consume) runner?.consumed(message.cost)
          },
          ended: (end) => seen.ends.push(`runner ${end.reason}`),
        })
      },
    },
  )
  const far = () => {
    if (runner === null) throw new Error('the runner has no channel')
    return runner
  }
  return { back, far }
}

/** The runner's ids grow longer than the browser's: frames change their length on the way. */
function lengthenIds(back: Pair): void {
  for (let unused = 0; unused < 200; unused++) {
    back.opener.openChannel({ resource: kernel }, { message: () => {}, ended: () => {} }).close()
    back.settle()
  }
}

function browserChannel(front: Pair, seen: Seen): Channel {
  const browser: Channel = front.opener.openChannel(
    { resource: kernel },
    {
      message: (message) => {
        seen.browser.push(message)
        browser.consumed(message.cost)
      },
      ended: (end) => {
        seen.ends.push(`browser ${end.reason}`)
        seen.ids.push(end.id)
      },
    },
  )
  return browser
}

/** Browser, gateway and runner in memory. */
function chain({ request = pass, response = pass }: Judges = {}, { consume = true } = {}) {
  const seen: Seen = { browser: [], runner: [], ends: [], ids: [] }
  const relays: Relay[] = []
  const { back, far } = runnerSide(seen, consume)
  const closing = (reason: CloseName) => `e_of-${reason}`
  const ended = (end: { readonly reason: string }, side: string) => void seen.ends.push(`relay ${end.reason} ${side}`)
  const front = new Pair(
    {},
    {
      open: (opening) => {
        const sides = { front: front.server, back: back.opener }
        relays.push(new Relay({ ...sides, opening, tab: 't_12345678', role: 'edit', request, response, closing, ended }))
      },
    },
  )
  lengthenIds(back)
  seen.ends.length = 0
  const browser = browserChannel(front, seen)
  const settle = async () => {
    for (let round = 0; round < 6; round++) {
      for (let step = 0; step < 100; step++) for (const pair of [front, back]) pair.settle()
      for (let tick = 0; tick < 10; tick++) await Promise.resolve() // verdicts that are promises
    }
  }
  return { front, back, browser, far, seen, settle, relays }
}

const command = (path: string, body = NOTHING) => encodeCommand({ method: 'POST', path }, body)

describe('a relay', () => {
  it('passes streams and commands of any size, unchanged', async () => {
    const { browser, far, seen, settle } = chain()
    await settle()
    const big = new Uint8Array(5_000_000).map((_, index) => index * 31)
    browser.send('request', command('/api/kernel/run', big))
    far().send('text', big)
    far().send('text', encodeText('after'))
    await settle()
    expect(same(seen.runner[0]?.payload, command('/api/kernel/run', big))).toBe(true)
    expect(same(seen.browser[0]?.payload, big)).toBe(true)
    expect(seen.browser.map((message) => message.sequence)).toEqual([1, 2])
  })

  it('answers a refused command at once and keeps the count whole', async () => {
    const refusal = encodeCommand({ request: 1, status: 403 }, encodeText('no'))
    const { browser, far, seen, settle } = chain({
      request: async (message) => {
        const head = RequestHead.parse(decodeCommand(message.payload)?.head)
        return head.path === '/forbidden' ? { type: 'refuse', response: refusal } : pass()
      },
    })
    await settle()
    browser.send('request', command('/forbidden'))
    browser.send('request', command('/allowed'))
    await settle()
    expect(seen.runner.map((message) => [message.sequence, message.payload.byteLength > 0])).toEqual([
      [1, false],
      [2, true],
    ])
    expect(seen.browser).toMatchObject([{ sequence: 0, kind: 'response' }])
    expect([far().received, browser.received]).toEqual([2, 0])
  })

  it('alters commands and tagged answers, in order, however long the verdict takes', async () => {
    const release: (() => void)[] = []
    const { browser, far, seen, settle } = chain({
      request: (message) => ({
        type: 'replace',
        payload: encodeCommand({ ...(decodeCommand(message.payload)?.head as object), tag: 'save' }, NOTHING),
      }),
      response: () =>
        new Promise((decide) => {
          release.push(() => decide({ type: 'replace', payload: encodeText('altered') }))
        }),
    })
    await settle()
    browser.send('request', command('/api/kernel/save', encodeText('source')))
    await settle()
    expect(decodeCommand(seen.runner[0]?.payload ?? NOTHING)?.head).toMatchObject({ tag: 'save' })
    far().send('response', encodeCommand({ request: 1, status: 200, tag: 'save' }, new Uint8Array(100_000)))
    far().send('text', encodeText('later'))
    far().send('response', encodeCommand({ request: 2, status: 200 }, NOTHING))
    await settle()
    expect([seen.browser.length, release.length]).toEqual([0, 1])
    release[0]?.()
    await settle()
    expect(seen.browser.map((message) => message.sequence)).toEqual([1, 2, 3])
    expect(same(seen.browser[0]?.payload, encodeText('altered'))).toBe(true)
  })

  it('never starves or overruns an end, whatever its policy shortens, lengthens or swallows', async () => {
    const refusal = encodeCommand({ request: 1, status: 403 }, NOTHING)
    let count = 0
    const { browser, seen, settle } = chain({
      request: (message) => {
        count++
        if (count % 3 === 0) return { type: 'refuse', response: refusal }
        return { type: 'replace', payload: count % 3 === 1 ? new Uint8Array(10) : new Uint8Array(message.payload.byteLength * 2) }
      },
    })
    await settle()
    for (let index = 0; index < 300; index++) browser.send('request', new Uint8Array(30_000))
    await settle()
    expect(seen.ends).toEqual([])
    expect(seen.runner.map((message) => message.sequence)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  })

  it('lets an end that does not consume cost its window, here and there', async () => {
    const { browser, front, back, seen, settle } = chain({}, { consume: false })
    await settle()
    for (let index = 0; index < 1000; index++) browser.send('request', new Uint8Array(10_000))
    await settle()
    const arrived = seen.runner.reduce((sum, message) => sum + message.cost, 0)
    expect(arrived).toBeLessThanOrEqual(WIRE.window)
    expect(arrived).toBeGreaterThan(WIRE.window - 20_000)
    expect(front.openerWire.most + back.openerWire.most).toBeLessThan(2 * (WIRE.unsentSocket + WIRE.fragment + 64))
  })

  it('ends a channel whose browser is refused again and again and gives no credit', async () => {
    const { front, back, browser, seen, settle } = chain({
      request: () => ({ type: 'refuse', response: encodeCommand({ request: 1, status: 403 }, new Uint8Array(300)) }),
    })
    await settle()
    const deaf = () => {
      for (let frame = front.openerWire.take(); frame !== undefined; frame = front.openerWire.take())
        if (decodeFrame(frame)?.kind !== 'credit') front.server.receive(frame)
      front.opener.drain()
      while (front.deliver('opener')) back.settle()
    }
    for (let refused = 0; refused < 100_000 && seen.ends.length === 0; refused++) {
      browser.send('request', command('/no'))
      deaf()
    }
    deaf()
    expect(seen.ends.sort()).toEqual(['browser overrun', 'relay overrun relay', 'runner normal'])
    const answers = Math.ceil(WIRE.window / frameCost(300)) + WIRE.refusals
    expect(seen.runner.length).toBeLessThan(answers + 1)
    expect(seen.browser.length).toBeLessThan(answers - WIRE.refusals)
  })

  it('ends both channels when either end goes, and says why to the browser', async () => {
    const one = chain()
    await one.settle()
    one.far().close('kernelGone')
    await one.settle()
    expect(one.seen.ends).toEqual(['relay kernelGone back', 'browser kernelGone'])
    expect(one.seen.ids).toEqual(['e_of-kernelGone'])
    const two = chain()
    await two.settle()
    two.browser.close()
    await two.settle()
    expect(two.seen.ends).toEqual(['relay normal front', 'runner normal'])
    const three = chain()
    await three.settle()
    three.back.server.close('goingAway')
    await three.settle()
    expect(three.seen.ends).toContain('browser goingAway')
    expect(three.seen.ids).toEqual(['e_of-goingAway'])
    const four = chain()
    await four.settle()
    four.relays[0]?.close('revoked')
    await four.settle()
    expect(four.seen.ends.sort()).toEqual(['browser revoked', 'relay revoked relay', 'runner normal'])
    expect(four.seen.ids).toEqual(['e_of-revoked'])
    expect([four.front.server.size, four.front.opener.size, four.back.server.size, four.back.opener.size]).toEqual([0, 0, 0, 0])
  })
})
