// What one socket for everything costs: the multiplexer against plain proxies and a direct WebSocket, all in one run, sample
// by sample in turn. `node bench/mux.ts`. Figures are reported, not asserted.
import { against, p50, p95, p99, table } from './lib/stats.ts'
import { both, type Client, chain, direct, gatewayAlone, hop, type Path, type Peer } from './mux/paths.ts'

const PASSES = 3
const SAMPLES = 20 // a pass and path
const TRIPS = 100 // round trips a sample
const MIB = 1 << 20
const small = Buffer.alloc(1024, 'a')
const large = Buffer.alloc(MIB, 'a')
const now = () => performance.now()

async function trip(peer: Peer, payload: Uint8Array): Promise<number> {
  const begun = now()
  await new Promise<unknown>((resolve) => {
    peer.heard = resolve
    peer.send(payload)
  })
  return now() - begun
}

async function trips(peer: Peer, count: number): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) times.push(await trip(peer, small))
  return times
}

/** MB/s of `count` messages of 1 MiB, there and back, four under way. */
async function echoed(peer: Peer, count: number): Promise<number> {
  const begun = now()
  let got = 0
  let sent = 0
  await new Promise<void>((resolve) => {
    const more = () => {
      sent++
      peer.send(large)
    }
    peer.heard = () => {
      got++
      if (got === count) resolve()
      else if (sent < count) more()
    }
    for (let index = 0; index < 4; index++) more()
  })
  return (count * MIB) / 1000 / (now() - begun)
}

/** MB/s of `count` messages of 1 MiB that the kernel pours. */
async function poured(peer: Peer, count: number): Promise<number> {
  const begun = now()
  let got = 0
  await new Promise<void>((resolve) => {
    peer.heard = () => ++got === count && resolve()
    peer.send(Buffer.from(`pour ${count} ${MIB} 0`))
  })
  return (count * MIB) / 1000 / (now() - begun)
}

type Ready = { readonly path: Path; readonly client: Client; readonly peer: Peer }

async function opened(path: Path): Promise<Ready> {
  const client = await path.connect()
  const peer = await client.open()
  await trips(peer, 2000) // warm
  return { path, client, peer }
}

/** Every path's samples of one measure, taken in turn. */
async function inTurn<T>(peers: readonly Ready[], samples: number, measure: (peer: Peer) => Promise<T>): Promise<T[][]> {
  const results: T[][] = peers.map(() => [])
  for (let sample = 0; sample < samples; sample++) {
    for (const [index, { peer }] of peers.entries()) results[index]?.push(await measure(peer))
  }
  return results
}

const us = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
const ratio = (value: number) => value.toFixed(2)
const rate = (value: number) => `${value.toFixed(0)} MB/s`

async function roundTrips(peers: readonly Ready[], pass: number): Promise<void> {
  const times = (await inTurn(peers, SAMPLES, (peer) => trips(peer, TRIPS))).map((samples) => samples.flat())
  const [plain = [], proxies = [], mux = [], alone = [], proxy = []] = times
  console.log(`\npass ${pass}: 1 KB round trip (${SAMPLES} samples of ${TRIPS})`)
  console.log(
    table(
      ['path', 'p50', 'p95', 'p99', 'p50 / direct'],
      peers.map(({ path }, index) => {
        const own = times[index] ?? []
        return [path.name, us(p50(own)), us(p95(own)), us(p99(own)), ratio(p50(own) / p50(plain))]
      }),
    ),
  )
  const whole = p50(mux) / p50(proxies)
  const first = p50(alone) / p50(plain)
  console.log(`gateway + runner / two plain proxies: ${ratio(whole)} (${against(whole, 1.15, 'at most')})`)
  console.log(`gateway alone / direct: ${ratio(first)} (${against(first, 2.5, 'at most')})`)
  console.log(`of which any hop: one plain proxy / direct ${ratio(p50(proxy) / p50(plain))}`)
}

async function throughput(peers: readonly Ready[], pass: number): Promise<void> {
  const rows: string[][] = []
  for (const [name, measure] of [
    ['there and back', (peer: Peer) => echoed(peer, 8)],
    ['from the kernel', (peer: Peer) => poured(peer, 16)],
  ] as const) {
    const [proxies = [], mux = []] = await inTurn(peers, SAMPLES, measure)
    const share = p50(mux) / p50(proxies)
    const cells = [proxies, mux].flatMap((samples) => [rate(p50(samples)), rate(p95(samples))])
    rows.push([name, ...cells, ratio(share), against(share, 1, 'at least')])
  }
  console.log(`\npass ${pass}: 1 MB messages (${SAMPLES} samples)`)
  console.log(table(['direction', 'proxies p50', 'p95', 'mux p50', 'p95', 'mux / proxies', 'goal'], rows))
}

/** One channel pours while another of the same client asks and is answered. */
async function flood(path: Path, pass: number): Promise<void> {
  const client = await path.connect()
  const quiet = await client.open()
  const loud = await client.open()
  await trips(quiet, 1000)
  const rows: string[][] = []
  for (const [name, order] of [
    ['20 MB/s', `pour 100000 ${200_000} 10`],
    ['as fast as it goes', `pour 1000000 ${MIB} 0`],
  ] as const) {
    const before = await trips(quiet, SAMPLES * TRIPS)
    const floods = name === '20 MB/s' ? loud : await client.open()
    let bytes = 0
    floods.heard = (payload) => {
      bytes += payload.byteLength
    }
    const begun = now()
    floods.send(Buffer.from(order))
    const during = await trips(quiet, SAMPLES * TRIPS)
    const share = p99(during) / p99(before)
    const speed = rate(bytes / 1000 / (now() - begun))
    rows.push([
      name,
      speed,
      us(p50(before)),
      us(p99(before)),
      us(p50(during)),
      us(p99(during)),
      ratio(share),
      against(share, 3, 'at most'),
    ])
  }
  const memory = await Promise.all(path.children.map((child) => child.ask<number>('rss')))
  console.log(`\npass ${pass}: another channel's 1 KB round trip while one pours (${path.name})`)
  console.log(table(['flood', 'poured', 'quiet p50', 'quiet p99', 'p50', 'p99', 'p99 / quiet', 'goal'], rows))
  console.log(`memory after it: first hop ${mb(memory[0])}, second hop ${mb(memory[1])}`)
  client.close()
}

const mb = (bytes = 0) => `${(bytes / MIB).toFixed(0)} MiB`

/** A client that stops reading while its kernel pours. */
async function stalled(path: Path, pass: number): Promise<void> {
  const client = await path.connect()
  const peer = await client.open()
  await trips(peer, 100)
  const rss = () => Promise.all(path.children.slice(0, 2).map((child) => child.ask<number>('rss')))
  const before = await rss()
  peer.send(Buffer.from(`pour 1000000 ${MIB} 0`))
  client.pause()
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const after = await rss()
  const grown = after.map((value, index) => mb(value - (before[index] ?? 0)))
  console.log(`pass ${pass}: 3 s after a client stopped reading (${path.name}): first hop +${grown[0]}, second hop +${grown[1]}`)
  client.close()
}

async function main(): Promise<void> {
  const paths = [await direct(), await chain(), await both(), await gatewayAlone(), await hop()]
  const peers: Ready[] = []
  for (const path of paths) peers.push(await opened(path))
  const [, proxies, mux] = peers
  if (proxies === undefined || mux === undefined) throw new Error('paths are missing')
  for (let pass = 1; pass <= PASSES; pass++) {
    await roundTrips(peers, pass)
    await throughput([proxies, mux], pass)
    await flood(mux.path, pass)
    await flood(proxies.path, pass) // the same load on sockets of their own: what the machine itself makes of it
    await stalled(mux.path, pass)
  }
  for (const { client } of peers) client.close()
  for (const { path } of peers) for (const child of path.children) child.end()
}

await main()
process.exit(0)
