import { expect, test } from 'vitest'
import { encodeText } from '#protocol/text.ts'
import type { SessionEvent } from '../features/notebook/session.ts'
import type { Answer } from './relay.ts'
import { SaveWatch } from './saves.ts'

const body = encodeText('{"codes":[]}')
const refusal = (code: string) => encodeText(JSON.stringify({ code, message: 'Said why.', id: 'e_00000001' }))

/** One page and its channel: saves are answered by the test, time passes when it says so. */
function world() {
  const told: SessionEvent[] = []
  const sent: { answer(answer: Answer): void; fail(): void }[] = []
  const timers = new Set<() => void>()
  const clock = {
    now: () => 42,
    after: (_: number, run: () => void) => {
      timers.add(run)
      return () => void timers.delete(run)
    },
  }
  const watch = new SaveWatch(clock, (event) => told.push(event))
  const channel = watch.watch({
    listen: () => () => {},
    request: () => new Promise((answer, fail) => sent.push({ answer, fail: () => fail(new Error('gone')) })),
  })
  const save = () => channel.request('POST', '/api/kernel/save', 'application/json', body).catch(() => undefined)
  const elapse = () => {
    for (const run of [...timers]) run()
  }
  return { watch, channel, told, sent, save, elapse, timers, types: () => told.map(({ type }) => type) }
}
const answer = (status: number, content = encodeText('')): Answer => ({ status, body: content })
const page = (save: () => unknown) => ({
  save: () => {
    save()
    return true
  },
})

test('a save ends as what its answer says, each time, also when nothing had changed', async () => {
  const { save, sent, told, types } = world()
  for (const [status, content] of [
    [200, encodeText('')],
    [200, encodeText('')],
    [409, refusal('not-the-editor')],
    [422, refusal('broken-source')],
    [500, encodeText('marimo fell')],
  ] as const) {
    const done = save()
    sent.at(-1)?.answer(answer(status, content))
    await done
  }
  expect(types()).toEqual([
    'saving',
    'saved',
    'saving',
    'saved',
    'saving',
    'drafted',
    'saving',
    'save-refused',
    'saving',
    'save-refused',
  ])
  expect(told[1]).toEqual({ type: 'saved', at: 42 })
  expect(told[7]).toEqual({ type: 'save-refused', message: 'Said why.', id: 'e_00000001' })
  expect(told[9]).toMatchObject({ message: 'the kernel answered 500' })
})

test('a save whose kernel has gone ends too', async () => {
  const { save, sent, types } = world()
  const done = save()
  sent[0]?.fail()
  await done
  expect(types()).toEqual(['saving', 'save-refused'])
})

test('other commands are not followed', async () => {
  const { channel, sent, told } = world()
  const run = channel.request('POST', '/api/kernel/run', undefined, body)
  sent[0]?.answer(answer(200))
  expect((await run).status).toBe(200)
  expect(told).toEqual([])
})

test('a flush is over with the page’s word that nothing is left, without waiting', async () => {
  const { watch, timers } = world()
  expect(await watch.flush(page(() => watch.unchanged()))).toEqual({ type: 'saved' })
  expect(timers.size).toBe(0)
})

test('a flush is over with the answer to the save it caused, not with that of one sent before', async () => {
  const { watch, save, sent } = world()
  void save()
  const flushed = watch.flush(page(() => undefined)) // the page has not come to it yet
  let kept: unknown = null
  void flushed.then((found) => {
    kept = found
  })
  sent[0]?.answer(answer(200))
  await new Promise((done) => setImmediate(done))
  expect(kept).toBeNull()
  void save()
  sent[1]?.answer(answer(409, refusal('not-the-editor')))
  expect(await flushed).toEqual({ type: 'drafted' })
})

test('what a kernel that has gone did not take is handed on, as is what it did not answer in time', async () => {
  const gone = world()
  const rejected = gone.watch.flush(page(gone.save))
  gone.sent[0]?.fail()
  expect(await rejected).toEqual({ type: 'unsent', command: body })

  const slow = world()
  const late = slow.watch.flush(page(slow.save))
  slow.elapse()
  expect(await late).toEqual({ type: 'unsent', command: body })
})

test('a page that says nothing keeps nobody waiting: an earlier save that was not taken is handed on, else nothing is known', async () => {
  const silent = world()
  const first = silent.watch.flush(page(() => undefined))
  silent.elapse()
  expect(await first).toEqual({ type: 'unknown' })
  expect(await silent.watch.flush({ save: () => false })).toEqual({ type: 'unknown' })

  const refused = world()
  const done = refused.save()
  refused.sent[0]?.answer(answer(500))
  await done
  expect(await refused.watch.flush({ save: () => false })).toEqual({ type: 'unsent', command: body })
})
