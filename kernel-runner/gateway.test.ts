// A gateway's view of the runner, over its real socket: calls, events, attaching, resuming, moving, flow control.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RING, WIRE } from '#protocol/limits.ts'
import { MARIMO, WATCH } from './bounds.ts'
import { type KernelChannel, specOf } from './testing/client.ts'
import { type Rig, startRig } from './testing/rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await startRig()
})
afterEach(() => rig.close())

const source = 'import marimo\napp = marimo.App()\n'
const TAB = 't_first00000'

async function live(id = 'a', more: Parameters<typeof specOf>[1] = {}) {
  const client = rig.connect()
  const runner = client.runner()
  const spec = specOf(id, more)
  const answer = await runner.call('/start', spec, source)
  expect(answer).toMatchObject({ status: 200, body: { phase: { phase: 'starting', step: 'queued' } } })
  await runner.live(spec.id)
  return { client, runner, kernel: spec.id }
}

const followsOn = (channel: KernelChannel, from = 1) =>
  expect(channel.sequences).toEqual(channel.sequences.map((_, index) => from + index))

describe('calls', () => {
  it('tells what it is, what runs, and how the last kernels ended', async () => {
    const { runner, kernel } = await live()
    expect((await runner.call('/info', {})).body).toMatchObject({ level: 3, instance: expect.any(String) })
    expect((await runner.call('/list', {})).body).toMatchObject({
      kernels: [{ spec: { id: kernel }, phase: { phase: 'ready', level: 3 } }],
    })
    expect((await runner.call('/stop', { kernel, cause: 'idle' })).status).toBe(200)
    await runner.exited(kernel)
    const kernels = (await runner.call('/list', {})).body.kernels
    expect(kernels).toMatchObject([{ spec: { id: kernel }, phase: { phase: 'exited', cause: 'idle' } }])
  })

  it.each([
    ['/nonsense', {}, '', 400, 'bad-request'],
    ['/list', { all: true }, '', 400, 'bad-request'],
    ['/start', { id: 'k_x' }, source, 400, 'bad-request'],
    ['/start', specOf('b'), '', 400, 'bad-request'],
    ['/stop', { kernel: 'k_unknown000', cause: 'stopped' }, '', 404, 'unknown-kernel'],
    ['/toString', {}, '', 400, 'bad-request'],
  ])('refuses %s %j', async (path, body, rest, status, code) => {
    const runner = rig.connect().runner()
    expect(await runner.call(path, body, rest)).toMatchObject({ status, body: { code } })
  })

  it('starts a kernel once', async () => {
    const { runner, kernel } = await live()
    expect(await runner.call('/start', specOf('a'), source)).toMatchObject({ status: 409, body: { code: 'exists' } })
    await runner.call('/stop', { kernel, cause: 'stopped' })
    await runner.exited(kernel)
    expect((await runner.call('/start', specOf('a'), source)).status).toBe(409)
  })

  it('says the steps of a start in order', async () => {
    const { runner, kernel } = await live()
    const phases = runner.events.flatMap((event) => (event.type === 'phase' && event.kernel === kernel ? [event.phase] : []))
    expect(phases.map((phase) => ('step' in phase ? phase.step : phase.phase))).toEqual([
      'sandbox',
      'python',
      'notebook',
      'ready',
    ])
  })
})

describe('a client of a kernel', () => {
  it('is given everything from kernel-ready on, runs a cell and sees its output', async () => {
    const { client, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    expect(await channel.ready()).toMatchObject({ resumed: false, next: 1, received: 0 })
    expect(await channel.op('kernel-ready')).toMatchObject({ resumed: false })
    const reply = await channel.answer(channel.run('Hbol', '6 * 7'))
    expect(reply.head).toMatchObject({ status: 200, contentType: 'application/json' })
    await channel.output('Hbol', (data) => data === '6 * 7')
    await channel.op('completed-run')
    followsOn(channel)
  })

  it('has its tag echoed and nothing else of the answer’s head passed on', async () => {
    const { client, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    const reply = await channel.answer(channel.command('/api/kernel/save', { codes: ['a', 'b'] }, 'save:1'))
    expect(Object.keys(reply.head).sort()).toEqual(['contentType', 'request', 'status', 'tag'])
    expect(reply.head.tag).toBe('save:1')
    expect(reply.body.toString()).toBe('a\n\nb')
  })

  it('goes on after a lost connection: no gap, no duplicate, no command twice', async () => {
    const { client, kernel } = await live()
    const first = client.kernel(kernel, TAB)
    await first.ready()
    await first.answer(first.run('Hbol', 'one'))
    const { resume } = first
    client.drop()
    const again = rig.connect()
    const second = again.kernel(kernel, TAB, resume)
    expect(await second.ready()).toMatchObject({ resumed: true, received: 1, next: resume.received + 1, stream: resume.stream })
    await second.answer(second.run('Hbol', 'two'))
    await second.output('Hbol', (data) => data === 'two')
    followsOn(second, resume.received + 1)
    expect(second.texts.some(({ text }) => text.includes('"one"') || text.includes('kernel-ready'))).toBe(false)
  })

  it('gets the answer to what it asked before the connection went', async () => {
    const { client, kernel } = await live()
    const first = client.kernel(kernel, TAB, undefined, false)
    await first.ready()
    await first.op('kernel-ready')
    const point = first.resume
    const asked = first.run('Hbol', 'asked once')
    await first.answer(asked)
    client.drop()
    const second = rig.connect().kernel(kernel, TAB, point)
    expect(await second.ready()).toMatchObject({ resumed: true, received: asked })
    expect((await second.answer(asked)).head.status).toBe(200)
    await second.op('completed-run')
    expect(second.texts.filter(({ text }) => text.includes('completed-run'))).toHaveLength(1)
    followsOn(second, point.received + 1)
  })

  it('begins anew with marimo’s own replay where it cannot resume', async () => {
    const { client, kernel } = await live()
    const first = client.kernel(kernel, TAB)
    await first.ready()
    await first.answer(first.run('Hbol', 'kept'))
    await first.output('Hbol', (data) => data === 'kept')
    const { resume } = first
    client.drop()
    const second = rig.connect().kernel(kernel, TAB, { ...resume, stream: 'another' })
    expect(await second.ready()).toMatchObject({ resumed: false, next: 1, received: 0 })
    expect(second.opened?.stream).not.toBe(resume.stream)
    expect(await second.op('kernel-ready')).toMatchObject({ resumed: true })
    await second.output('Hbol', (data) => data === 'kept')
    followsOn(second)
  })

  it('moves to another tab: the former is told, and its stream is void', async () => {
    const { client, runner, kernel } = await live()
    const first = client.kernel(kernel, TAB)
    await first.ready()
    const second = client.kernel(kernel, 't_second0000')
    expect(await second.ready()).toMatchObject({ resumed: false })
    expect((await first.ended()).reason).toBe('moved')
    expect(await second.op('kernel-ready')).toMatchObject({ resumed: true })
    const back = client.kernel(kernel, TAB, first.resume)
    expect(await back.ready()).toMatchObject({ resumed: false })
    expect((await second.ended()).reason).toBe('moved')
    const attached = runner.events.flatMap((event) => (event.type === 'attached' ? [event.tab] : []))
    expect(attached.at(-1)).toBe(TAB)
  })

  it('is refused where there is no kernel any more, with how it ended', async () => {
    const { client, runner, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    await runner.call('/stop', { kernel, cause: 'idle' })
    expect(await channel.ended()).toMatchObject({ reason: 'kernelGone', detail: expect.stringContaining('nothing had run') })
    expect(await client.kernel(kernel, TAB).ended()).toMatchObject({
      reason: 'kernelGone',
      detail: expect.stringContaining('nothing'),
    })
    expect(await client.kernel('k_never00000', TAB).ended()).toMatchObject({ reason: 'kernelGone' })
  })

  it('that sends what no client sends loses its channel, not the kernel', async () => {
    const { client, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    channel.channel.send('request', Buffer.from([3, 1, 2, 3]))
    expect((await channel.ended()).reason).toBe('badFrame')
    const again = client.kernel(kernel, TAB)
    await again.ready()
    expect((await again.answer(again.command('/health', {}))).head.status).toBe(200)
  })
})

describe('flow', () => {
  it('a client that does not read stops the kernel’s stream at the ring’s bound and loses nothing', async () => {
    const { client, kernel } = await live()
    const channel = client.kernel(kernel, TAB, undefined, false)
    await channel.ready()
    const session = rig.runner.kernels.get(kernel)?.session
    const count = 400
    channel.run('Hbol', `flood(${count}, 100000)`) // 40 MB
    await channel.waiting.until(() => (channel.texts.length > 2 ? true : undefined), 'the first output')
    const bound = RING.kernel + 2 * WIRE.message
    await expect.poll(() => session?.ring.bytes ?? 0, { timeout: 10_000 }).toBeGreaterThan(RING.kernel - 200_000)
    expect(session?.ring.bytes).toBeLessThan(bound)
    channel.take()
    await channel.op('completed-run', undefined, 20_000)
    followsOn(channel)
    expect(channel.texts.filter(({ text }) => text.length > 100_000).length).toBe(count)
    expect(session?.ring.bytes).toBeLessThan(bound)
  })

  it('with no client the oldest goes, and the next attach is a new beginning', async () => {
    const { client, kernel } = await live()
    const first = client.kernel(kernel, TAB)
    await first.ready()
    await first.op('kernel-ready')
    const point = first.resume
    first.run('Hbol', 'flood(400, 100000)')
    await first.waiting.until(() => (first.texts.length > 3 ? true : undefined), 'the first output')
    client.drop()
    const session = rig.runner.kernels.get(kernel)?.session
    await expect.poll(() => session?.tab, { timeout: 5000 }).toBeNull()
    await expect.poll(() => session?.busy, { timeout: 10_000 }).toBe(false)
    expect(session?.ring.bytes).toBeLessThanOrEqual(RING.kernel)
    const second = rig.connect().kernel(kernel, TAB, point)
    expect(await second.ready()).toMatchObject({ resumed: false })
    await second.op('kernel-ready')
    followsOn(second)
  })
})

describe('answers', () => {
  const codes = 'x'.repeat(1024 * 1024)

  it('wait in the kernel while a client does not read, and none is lost', async () => {
    const { client, kernel } = await live()
    const calm = (await live('calm')).kernel
    const other = client.kernel(calm, 't_calm00000')
    await other.ready()
    const channel = rig.connect().kernel(kernel, TAB, undefined, false)
    await channel.ready()
    const ring = rig.runner.kernels.get(kernel)?.session.ring
    const saves = Array.from({ length: 28 }, () => channel.command('/api/kernel/save', { codes: [codes] }))
    await expect.poll(() => ring?.bytes ?? 0, { timeout: 10_000 }).toBeGreaterThan(RING.kernel)
    for (let n = 0; n < 10; n += 1) await other.answer(other.command('/api/kernel/save', { codes: [codes] }))
    expect(ring?.bytes).toBeLessThan(RING.kernel + MARIMO.sockets * (codes.length + 1000))
    channel.take()
    for (const save of saves) expect((await channel.answer(save)).body.byteLength).toBe(codes.length)
    followsOn(channel)
  })

  it('to commands that the gateway refused wait too', async () => {
    const { kernel } = await live()
    const channel = rig.connect().kernel(kernel, TAB, undefined, false)
    await channel.ready()
    const ring = rig.runner.kernels.get(kernel)?.session.ring
    let last = 0
    for (let n = 0; n < 100_000; n += 1) last = channel.channel.send('request', Buffer.alloc(0))
    await expect.poll(() => ring?.bytes ?? 0, { timeout: 10_000 }).toBeGreaterThan(RING.kernel - RING.entry)
    expect(ring?.bytes).toBeLessThan(RING.kernel + MARIMO.sockets * 2 * RING.entry)
    channel.take()
    expect((await channel.answer(last)).head.status).toBe(403)
    expect(channel.replies.size).toBe(100_000)
  })

  it('of a client that went away are cut to the ring’s bound, and the kernel serves on', async () => {
    const { kernel } = await live()
    const client = rig.connect()
    const channel = client.kernel(kernel, TAB, undefined, false)
    await channel.ready()
    const session = rig.runner.kernels.get(kernel)?.session
    channel.run('Hbol', 'flood(200, 100000)') // more than a ring: its rest is said when the client has gone, however few commands came
    for (let n = 0; n < 20; n += 1) channel.command('/api/kernel/save', { codes: [codes] })
    await expect.poll(() => session?.ring.bytes ?? 0, { timeout: 10_000 }).toBeGreaterThan(RING.kernel)
    client.drop()
    await expect.poll(() => session?.tab, { timeout: 5000 }).toBeNull()
    await expect.poll(() => session?.ring.bytes).toBeLessThanOrEqual(RING.kernel)
    const again = rig.connect().kernel(kernel, TAB)
    await again.ready()
    expect((await again.answer(again.command('/api/kernel/save', { codes: ['still'] }))).body.toString()).toBe('still')
  })
})

it('an answer larger than a ring is there for a client that comes back, while nothing else is said', async () => {
  const { client, kernel } = await live()
  const first = client.kernel(kernel, TAB, undefined, false)
  await first.ready()
  await first.op('kernel-ready')
  const point = first.resume
  const session = rig.runner.kernels.get(kernel)?.session
  const asked = first.command('/api/kernel/save', { codes: ['x'.repeat(RING.kernel)] })
  await expect.poll(() => session?.ring.bytes ?? 0, { timeout: 10_000 }).toBeGreaterThan(RING.kernel)
  client.drop()
  await expect.poll(() => session?.tab, { timeout: 5000 }).toBeNull()
  const second = rig.connect().kernel(kernel, TAB, point)
  expect(await second.ready()).toMatchObject({ resumed: true, received: asked })
  expect((await second.answer(asked)).body.byteLength).toBe(RING.kernel)
})

describe('a message beyond what the runner receives', () => {
  it('ends the stream, which begins anew and says what is missing', async () => {
    const { client, kernel } = await live()
    const first = client.kernel(kernel, TAB)
    await first.ready()
    first.run('Hbol', `flood(1, ${MARIMO.receive})`)
    expect((await first.ended()).reason).toBe('gap')
    const second = client.kernel(kernel, TAB, first.resume)
    expect(await second.ready()).toMatchObject({ resumed: false })
    expect(await second.op('alert')).toMatchObject({ title: 'Output too large' })
    expect((await second.answer(second.run('Hbol', 'goes on'))).head.status).toBe(200)
    followsOn(second)
  })
})

it('a kernel that turns busy and idle without end is told of a few times a second, and disturbs nobody', async () => {
  const { client, runner, kernel } = await live()
  const channel = client.kernel(kernel, TAB)
  await channel.ready()
  const told = () =>
    runner.events.flatMap((event) => (event.type === 'usage' && event.kernel === kernel ? [event.usage.busy] : []))
  await runner.waiting.until(() => told().length > 0 || undefined, 'a first sample')
  const [before, since] = [told().length, performance.now()]
  channel.run('Hbol', 'flip(100000)')
  await runner.waiting.until(() => told().includes(true) || undefined, 'the first turn')
  await channel.waiting.until(() => channel.texts.at(-1)?.text.includes('completed-run') || undefined, 'the last', 60_000)
  await runner.waiting.until(() => told().at(-1) === false || undefined, 'that it is idle')
  const passed = performance.now() - since
  expect(told().length - before).toBeLessThan(3 + passed / WATCH.turns + passed / WATCH.sample)
  expect(runner.end).toBeNull()
})

describe('ends', () => {
  it('a kernel that exits is said at once, with its cause', async () => {
    const { client, runner, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    channel.run('Hbol', 'import os; os._exit(3)')
    expect(await runner.exited(kernel, 2000)).toMatchObject({ cause: 'crashed', message: expect.stringContaining('exit code 3') })
    expect((await channel.ended()).reason).toBe('kernelGone')
  })

  it('what was on its way to a client when its kernel is revoked arrives as it was, and nothing of it is kept', async () => {
    const { runner, kernel } = await live()
    const client = rig.connect()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    await channel.op('kernel-ready')
    const ring = rig.runner.kernels.get(kernel)?.session.ring
    const last = () => ring?.at((ring?.next ?? 0) - 1)?.payload
    channel.run('Hbol', 'flood(70, 100000)') // more than the sockets between hold
    client.pause()
    await expect.poll(() => ring?.next ?? 0).toBeGreaterThan(70)
    const kept = last()
    expect((await runner.call('/stop', { kernel, cause: 'revoked' })).status).toBe(200)
    await runner.exited(kernel)
    client.resume()
    expect((await channel.ended()).reason).toBe('revoked')
    expect(channel.texts.filter(({ text }) => text.length > 100_000).length).toBeGreaterThan(2)
    for (const { text } of channel.texts) expect(JSON.parse(text)).toHaveProperty('op')
    expect([ring?.length, kept?.every((byte) => byte === 0)]).toEqual([0, true])
  })

  it('the watcher stops a kernel over its memory', async () => {
    const { client, runner, kernel } = await live()
    const channel = client.kernel(kernel, TAB)
    await channel.ready()
    await channel.answer(channel.run('Hbol', `allocate(${2 ** 30})`))
    expect(await runner.exited(kernel, 4000)).toMatchObject({ cause: 'memory', message: expect.stringContaining('512 MB') })
  })

  it('a lost gateway leaves kernels as they are', async () => {
    const { client, kernel } = await live()
    client.drop()
    const runner = rig.connect().runner()
    const { body } = await runner.call('/list', {})
    expect(body.kernels).toMatchObject([{ spec: { id: kernel }, phase: { phase: 'ready' } }])
  })
})

describe('admission', () => {
  it('a full machine says so', async () => {
    await rig.close()
    rig = await startRig({ available: () => 512 * 1024 * 1024 })
    const answer = await rig.connect().runner().call('/start', specOf('a'), source)
    expect(answer).toMatchObject({
      status: 503,
      body: { code: 'machine-full', message: expect.stringContaining('512 MB of memory is free') },
    })
  })
})
