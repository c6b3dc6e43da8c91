import { beforeEach, expect, test } from 'vitest'
import type { ShellEvent } from '#protocol/api.ts'
import { progressOf } from '../features/notebook/progress.ts'
import { notices } from '../primitives/notices.ts'
import { EMPTY, ID, OTHER, USAGE, world } from './testing/world.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
const settle = () => new Promise((done) => setImmediate(done))
const opens = () => w.log.filter((line) => line.startsWith('open '))
const lost: ShellEvent = { type: 'lease-lost', notebook: ID, to: OTHER, draft: null }
const view = () => w.sessions.of(ID).view.at

test('an opened notebook is shown when its page is drawn, or after a moment; its use is read at once', async () => {
  await w.sessions.open(ID)
  expect(view()).toBe('loading')
  await settle()
  expect(w.sessions.of(ID).usage).toEqual(USAGE)
  w.pass(5_999)
  expect(view()).toBe('loading')
  w.pass(1)
  expect(view()).toBe('shown')
})

test('a preview is of its profile until it is left, however often it is opened again; what was written goes first', async () => {
  const as = { clearance: { level: 'internal', markings: [] }, groups: ['staff'] } as const
  await w.shown()
  w.dirty()
  const preview = w.sessions.open(ID, { preview: as })
  await settle()
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await preview
  w.state.mode = 'run'
  await w.sessions.open(ID, { fresh: true })
  w.sessions.sleep(ID)
  w.sessions.wake(ID, {})
  await settle()
  expect(opens().map((line) => JSON.parse(line.slice(5)).preview)).toEqual([as, as, as])
  expect(w.sessions.of(ID).preview).toEqual(as)
  await w.sessions.open(ID, { preview: null })
  expect(opens().at(-1)).not.toContain('preview')
  expect(w.sessions.of(ID).preview).toBeNull()
})

test('an answer to an opening that another one overtook is void', async () => {
  await Promise.all([w.sessions.open(ID), w.sessions.open(ID)])
  expect(w.frames).toHaveLength(1)
})

test('the lease is lost: what is written goes first, then it opens again, once, and says what happened', async () => {
  await w.shown()
  w.dirty()
  w.sessions.onEvent(lost)
  w.sessions.onEvent(lost)
  await settle()
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.state.mode = 'run'
  const refusal = JSON.stringify({ code: 'not-the-editor', message: 'x', id: 'e_00000001' })
  w.commands[0]?.answer({ status: 409, body: new TextEncoder().encode(refusal) })
  w.sessions.onEvent({ ...lost, draft: 'v_00000001' })
  await settle()
  expect(w.log.slice(2, 5)).toEqual(['frame gone', 'channel closed', 'drafted'])
  expect(opens()).toHaveLength(1)
  expect(w.sessions.of(ID).ask).toEqual({ state: 'lost', to: 'Colleague', written: 'draft' })
})

test('the lease is lost with nothing to save: said to be saved', async () => {
  await w.shown()
  w.state.mode = 'run'
  w.sessions.onEvent(lost)
  await settle()
  expect(w.sessions.of(ID).ask).toMatchObject({ written: 'saved' })
})

test('a page that does not answer holds nobody up for longer than two seconds, and nothing is promised', async () => {
  await w.shown()
  const [frame] = w.frames
  if (frame) frame.onSave = () => undefined
  w.state.mode = 'run'
  w.sessions.onEvent(lost)
  await settle()
  expect(opens()).toHaveLength(0)
  w.pass(2_000)
  await settle()
  expect(opens()).toHaveLength(1)
  expect(w.sessions.of(ID).ask).toMatchObject({ written: 'unknown' })
})

test('the channel was closed while somebody took over: the save that no kernel took becomes a draft', async () => {
  await w.shown()
  w.dirty()
  w.state.mode = 'run'
  w.news[0]?.({ type: 'closed', reason: 'leaseLost' })
  w.commands[0]?.fail()
  await settle()
  expect(w.log).toContain('GET /api/notebooks/:id/source')
  expect(opens()).toHaveLength(1)
  expect(w.sessions.of(ID).ask).toMatchObject({ state: 'lost', to: null })
})

test.each([
  ['restarted', () => void w.sessions.open(ID, { fresh: true })],
  ['closed', () => w.sessions.forget(ID)],
  ['put to sleep', () => w.sessions.sleep(ID)],
  ['taken over by another tab', () => w.news[0]?.({ type: 'closed', reason: 'moved' })],
])('%s: the page goes only after what is written is saved', async (_, leave) => {
  await w.shown()
  w.dirty()
  leave()
  await settle()
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await settle()
  expect(w.log.slice(2, 4)).toEqual(['frame gone', 'channel closed'])
})

test('a version is trusted with what is written in it, and opens in another kernel', async () => {
  await w.shown()
  w.dirty()
  w.log.length = 0
  void w.sessions.trust(ID)
  await settle()
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await settle()
  w.commands[1]?.answer({ status: 200, body: EMPTY }) // this page stays unsaved: it is asked again as it goes
  await settle()
  const [trusted, opened] = [
    'POST /api/notebooks/:id/trust',
    'open {"mode":"auto","tab":"t_00000001","theme":"light","fresh":true}',
  ]
  expect(w.log.filter((line) => line.startsWith('POST') || line.startsWith('open'))).toEqual([trusted, opened])
})

test('a reader’s page and one that is not drawn yet are left at once', async () => {
  w.state.mode = 'run'
  await w.shown()
  w.sessions.forget(ID)
  await settle()
  expect(w.log).toEqual(['frame gone', 'channel closed'])
})

test('before the person goes everything is saved; after that nothing stays and nothing is waited for', async () => {
  await w.shown()
  w.dirty()
  const flushed = w.sessions.flush()
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await flushed
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.sessions.end()
  expect(w.log.slice(2)).toEqual(['frame gone', 'channel closed'])
  expect(w.sessions.ids()).toEqual([])
})

test('asked and without an answer, what is written is saved two seconds before the lease goes', async () => {
  await w.shown()
  w.sessions.onEvent({ type: 'lease-asked', notebook: ID, by: OTHER, answerBy: w.state.now + 15_000 })
  w.pass(12_999)
  expect(w.log).toEqual([])
  w.pass(1)
  expect(w.log).toEqual(['save'])
})

test('a kernel that is about to end: what is written is saved, or it is said that it was not', async () => {
  await w.shown()
  w.dirty()
  w.sessions.onEvent({ type: 'kernel-ending', kernel: 'k_00000001', notebook: ID, within: 1000 })
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.commands[0]?.fail()
  await settle()
  expect(notices().at(-1)?.message).toContain('may not have been saved')
})

test('giving the lease saves first and waits no longer than it takes', async () => {
  await w.shown()
  w.dirty()
  const given = w.sessions.answer(ID, true)
  await settle()
  expect(w.log).toEqual(['save', '/api/kernel/save'])
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await given
  expect(w.log.at(-1)).toBe('POST /api/notebooks/:id/lease/answer')
})

test('a kernel that ends holds its page still; opening without running is a way back', async () => {
  await w.shown()
  const phase = { phase: 'exited', cause: 'crashed', message: 'It ended.' } as const
  w.sessions.onEvent({ type: 'phase', notebook: ID, kernel: 'k_00000001', phase })
  expect(w.log).toEqual(['freeze'])
  expect(view()).toBe('ended')
  w.sessions.wake(ID, {})
  expect(view()).toBe('ended')
  w.sessions.wake(ID, { run: false })
  await settle()
  expect(opens()).toEqual([expect.stringContaining('"run":false')])
})

test('a reader’s notebook that stands still runs by one command; one that is not taken says so and may be tried again', async () => {
  w.state.mode = 'run'
  w.state.autorun = false
  await w.shown()
  expect(w.sessions.of(ID).still).toBe(true)
  const before = notices().length
  const run = w.sessions.run(ID)
  expect(w.sessions.of(ID).still).toBe(false)
  w.commands[0]?.answer({ status: 503, body: EMPTY })
  await run
  expect(w.commands[0]?.path).toBe('/api/kernel/instantiate')
  expect(w.sessions.of(ID).still).toBe(true)
  expect(notices().length).toBe(before + 1)
})

test('an idle stop of a notebook behind another is said in passing, of the one in front it is not', async () => {
  await w.shown()
  const warning: ShellEvent = { type: 'idle-warning', notebook: ID, kernel: 'k_00000001', stopsAt: 5 }
  const before = notices().length
  w.sessions.onEvent(warning)
  expect(notices().length).toBe(before)
  w.state.behind = 'flights'
  w.sessions.onEvent(warning)
  expect(notices().at(-1)?.message).toContain('“flights” is idle')
})

test('who finds the lease free again is told of the draft all the same', async () => {
  await w.shown()
  w.dirty()
  w.sessions.onEvent(lost)
  const refusal = JSON.stringify({ code: 'not-the-editor', message: 'x', id: 'e_00000001' })
  w.commands[0]?.answer({ status: 409, body: new TextEncoder().encode(refusal) })
  await settle()
  expect(w.sessions.of(ID).ask.state).toBe('none')
  expect(notices().at(-1)?.message).toContain('kept as your draft, under Versions of “flights”')
})

test('a notebook that is closed while it leaves for another reason stays closed', async () => {
  await w.shown()
  w.dirty()
  w.sessions.onEvent(lost)
  w.sessions.forget(ID)
  w.commands[0]?.answer({ status: 200, body: EMPTY })
  await settle()
  expect(opens()).toEqual([])
  expect(w.sessions.ids()).toEqual([])
})

test('a page that does not say what became of what was written is not passed over', async () => {
  await w.shown()
  const [frame] = w.frames
  if (frame) frame.onSave = () => undefined
  const flushed = w.sessions.flush(ID)
  w.pass(2_000)
  await flushed
  expect(notices().at(-1)?.message).toContain('may not have been saved')
})

test('a reader’s page works its kernel, and what its cells say on the way is counted; an editor’s is not', async () => {
  const said = (cell: string, status: string) =>
    w.say(`{"op": "cell-op", "data": {"op":"cell-op","cell_id":"${cell}","status":"${status}","stale_inputs":null,"run_id":"r"}}`)
  const heard: unknown[] = []
  const listen = () => w.frames.at(-1)?.handover.channel.listen({ message: (data) => heard.push(data), ended: () => {} })
  w.state.mode = 'run'
  await w.shown()
  void w.frames.at(-1)?.handover.channel.request('POST', '/api/kernel/set_ui_element_value', undefined, EMPTY)
  expect(w.log).toEqual(['/api/kernel/set_ui_element_value'])
  listen()
  for (const cell of ['a', 'b']) said(cell, 'queued')
  said('a', 'idle')
  expect(progressOf(w.sessions.of(ID).run)).toEqual({ done: 1, of: 2 })
  w.state.mode = 'edit'
  await w.shown()
  listen()
  said('a', 'queued')
  expect([progressOf(w.sessions.of(ID).run), heard.length]).toEqual([null, 4])
})
