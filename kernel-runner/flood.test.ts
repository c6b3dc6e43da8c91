// A kernel that pours messages of next to nothing: the runner stays small, and serves the others.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RING } from '#protocol/limits.ts'
import { type Base, type KernelChannel, specOf } from './testing/client.ts'
import { FakeRunnerProcess } from './testing/fakeProcess.ts'

const MESSAGES = 1_000_000
const MORE = 100 * 1024 * 1024 // what the runner may grow by
const HELD = RING.kernel / RING.entry / 2
const ECHO = 5000 // ms for another kernel's answer in the middle of it, however busy the machine is

let runner: FakeRunnerProcess
beforeEach(async () => {
  runner = await FakeRunnerProcess.start()
})
afterEach(() => runner.end())

async function kernels() {
  const client = runner.connect()
  const calls = client.runner()
  for (const id of ['loud', 'calm']) {
    await calls.call('/start', specOf(id, { person: `p_${id}00000` }), 'x')
    await calls.live(specOf(id).id)
  }
  const calm = client.kernel(specOf('calm').id, 't_calm00000')
  await calm.ready()
  return { calls, calm, loud: specOf('loud').id }
}

async function echo(calm: KernelChannel): Promise<number> {
  const asked = performance.now()
  expect((await calm.answer(calm.run('Hbol', 'still here'))).head.status).toBe(200)
  return performance.now() - asked
}

const ended = (channel: KernelChannel) => channel.texts.at(-1)?.text.includes('completed-run') === true
const until = (channel: Base, done: () => boolean, what: string) => channel.waiting.until(() => done() || undefined, what, 60_000)

describe.each([
  ['nothing', 0],
  ['one byte', 1],
])('a million messages of %s', (_, bytes) => {
  it('wait for a client that does not read, and none is lost', async () => {
    const { calm, loud } = await kernels()
    const channel = runner.connect().kernel(loud, 't_loud00000', undefined, false)
    await channel.ready()
    const before = runner.peak
    channel.run('Hbol', `pour(${MESSAGES}, ${bytes})`)
    await until(channel, () => channel.texts.length > HELD, 'a ring of messages')
    expect(await echo(calm)).toBeLessThan(ECHO)
    channel.take()
    await until(channel, () => ended(channel), 'all of them')
    expect(channel.texts.filter(({ text }) => text.length <= 1).length).toBe(MESSAGES)
    expect(channel.sequences.every((sequence, index) => sequence === index + 1)).toBe(true)
    expect(runner.peak - before).toBeLessThan(MORE)
  }, 90_000)

  it('go by when nobody is there', async () => {
    const { calls, calm, loud } = await kernels()
    const client = runner.connect()
    const channel = client.kernel(loud, 't_loud00000')
    await channel.ready()
    const before = runner.peak
    channel.run('Hbol', `pour(${MESSAGES}, ${bytes})`)
    await until(channel, () => channel.texts.length > HELD, 'the first of them')
    client.drop()
    expect(await echo(calm)).toBeLessThan(ECHO)
    const done = () => calls.events.some((event) => event.type === 'usage' && event.kernel === loud && !event.usage.busy)
    await until(calls, done, 'the end of them')
    expect(runner.peak - before).toBeLessThan(MORE)
  }, 90_000)
})
