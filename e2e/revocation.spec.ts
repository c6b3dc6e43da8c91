// A right that is taken away while a reader's cell streams rows: after two seconds there is no byte on their socket, no process and
// no batch from the data plane. A few tries here, `npm run soak` makes them 200 and says how long it took.
import type { Client } from './client.ts'
import { expect, test } from './fixtures.ts'
import { type Ends, endsOf, everybody, grant, STREAMED, STREAMS, share, streaming, unshare, Wire } from './revoked.ts'
import { ROUNDS } from './rounds.ts'

const DEADLINE = 2000 // ms
const TRIES = ROUNDS === 1 ? 5 : 4 * ROUNDS
const TRY = 15_000 // ms, of a busy machine
const SOON = 1500 // ms until a share runs out

type People = { readonly author: Client; readonly reader: Client; readonly owner: Client }
/** How a right goes, and what the channel of whoever had it says. */
type Way = {
  readonly title: string
  readonly reason: 'revoked' | 'kernelGone'
  /** The moment from which it counts. */
  take(people: People, id: string): Promise<number>
}

const WAYS: readonly Way[] = [
  {
    title: 'a share taken back',
    reason: 'revoked',
    take: async ({ author }, id) => {
      const from = Date.now()
      await unshare(author, id)
      return from
    },
  },
  {
    title: 'a share that runs out',
    reason: 'revoked',
    take: async ({ author }, id) => {
      const expires = Date.now() + SOON
      await share(author, id, expires)
      return expires
    },
  },
  {
    title: 'a grant of the table taken away',
    reason: 'kernelGone',
    take: async ({ owner }) => {
      const from = Date.now()
      await grant(owner, STREAMED, [])
      return from
    },
  },
]

/** Milliseconds after the moment from which it counts; less than none: there was nothing after it. */
function figures(took: readonly number[]): { p50: number; p95: number; p99: number; max: number } {
  const sorted = [...took].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

test.afterEach(async ({ again }) => grant(await again('Owner'), STREAMED, everybody()))

const WHAT = { byte: 'last byte at the reader’s socket', process: 'last process', batch: 'last batch' } as const

for (const { title, reason, take } of WAYS)
  test(`${title} while a cell streams rows: nothing after two seconds`, async ({ client }) => {
    test.setTimeout(60_000 + TRIES * TRY)
    const people = { author: await client('Analyst'), reader: await client('Colleague'), owner: await client('Owner') }
    const { author, reader, owner } = people
    const { id } = await author.notebook(title, STREAMS)
    const tab = await reader.tab()
    const wire = new Wire(tab)
    const all: (Ends & { readonly from: number })[] = []
    for (let round = 0; round < TRIES; round += 1) {
      await grant(owner, STREAMED, everybody())
      await share(author, id, null)
      const running = await streaming(reader, tab, id)
      const from = await take(people, id)
      all.push({ from, ...(await endsOf(reader, wire, running)) })
      await expect.poll(() => running.stream.ended_?.reason).toBe(reason)
      if (reason === 'revoked') await expect(reader.open(tab, id)).rejects.toMatchObject({ status: 404, code: 'not-found' })
    }
    for (const [end, name] of Object.entries(WHAT) as [keyof typeof WHAT, string][]) {
      const took = figures(all.map((one) => (end === 'byte' ? one.byte() : one[end]) - one.from))
      test.info().annotations.push({ type: `${name}, ms`, description: JSON.stringify(took) })
      expect(took.p99, name).toBeLessThan(DEADLINE)
    }
  })
