// A sealed frame takes one handshake from one page; whatever comes after it from there ends it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Frame, type FrameEvent, type Handover } from './frame.ts'
import type { KernelChannel } from './relay.ts'
import { type TestIFrame, TestPage } from './testing/page.ts'

const READY = { type: 'scrydon-frame-ready' }
const channel: KernelChannel = { request: () => new Promise(() => {}), listen: () => () => {} }

let page: TestPage
let heard: FrameEvent[]
let made: Frame[]

beforeEach(() => {
  vi.useFakeTimers()
  page = new TestPage()
  ;[heard, made] = [[], []]
})
afterEach(() => {
  for (const frame of made) frame.destroy()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function frameOf(mode: 'edit' | 'run' = 'edit', opaque = false): { frame: Frame; element: TestIFrame } {
  const frame = new Frame(page.place({ opaque }), mode)
  made.push(frame)
  return { frame, element: frame.element as unknown as TestIFrame }
}
const handover = (name = 'flights'): Handover => ({
  name,
  channel,
  listener: (event) => heard.push(event),
})

test('every frame has a host of its own, of which nobody else knows', () => {
  const hosts = [frameOf(), frameOf()].map(({ element }) => new URL(element.src).host)
  for (const host of hosts) expect(host).toMatch(/^[a-z0-9]{26}\.nb\.localhost:4001$/)
  expect(new Set(hosts).size).toBe(2)
  expect(page.frames).toHaveLength(2)
})

test('what its page may do goes by what may leave', () => {
  const attribute = (name: string, ...of: Parameters<typeof frameOf>) => frameOf(...of).element.attributes.get(name)
  expect(attribute('sandbox')).toBe('allow-scripts allow-forms allow-same-origin')
  expect(attribute('sandbox', 'edit', true)).toBe('allow-scripts allow-forms')
  expect(attribute('allow')).toBe('clipboard-write; fullscreen')
  expect(attribute('allow', 'run')).toBe('')
})

test('the notebook is handed over once, to its page alone, with the port', () => {
  const { frame, element } = frameOf()
  frame.start(handover())
  frame.start(handover('another'))
  expect(element.posted).toEqual([])
  element.say(READY)
  expect(element.posted).toMatchObject([
    {
      target: element.origin,
      message: { type: 'scrydon-frame-start', mode: 'edit', theme: 'dark', name: 'flights', settings: {} },
    },
  ])
  expect(element.posted[0]?.ports).toHaveLength(1)
  expect(element.title).toBe('Notebook flights')
  expect(frame.save()).toBe(true)
})

test('a page that listens before it is wanted is prepared, without a port, and gets its notebook at once', () => {
  const { frame, element } = frameOf()
  element.say(READY)
  expect(element.posted).toMatchObject([
    { target: element.origin, message: { type: 'scrydon-frame-prepare', mode: 'edit', theme: 'dark', settings: {} } },
  ])
  expect(element.posted[0]?.ports).toEqual([])
  frame.start(handover())
  expect(element.posted).toHaveLength(2)
  expect(element.posted[1]).toMatchObject({ message: { type: 'scrydon-frame-start', name: 'flights' } })
  expect(element.posted[1]?.ports).toHaveLength(1)
})

test('a page without an origin is known by its window', () => {
  const { frame, element } = frameOf('edit', true)
  frame.start(handover())
  element.say(READY)
  expect(element.posted).toEqual([])
  element.say(READY, { origin: 'null' })
  expect(element.posted).toMatchObject([{ target: '*' }])
})

test.each<[string, unknown, Parameters<TestIFrame['say']>[1]]>([
  ['another window', READY, { source: {} }],
  ['another origin', READY, { origin: 'http://elsewhere.nb.localhost:4001' }],
  ['another word', { type: 'scrydon-frame-start' }, {}],
  ['more than the word', { ...READY, more: 1 }, {}],
])('%s is not heard', (_, data, from) => {
  const { frame, element } = frameOf()
  frame.start(handover())
  element.say(data, from)
  expect([element.posted, heard]).toEqual([[], []])
  expect(frame.usable).toBe(true)
})

test.each<[string, (element: TestIFrame) => void]>([
  ['a second handshake', (element) => element.say(READY)],
  ['a second load', (element) => element.load()],
])('%s ends it', (_, again) => {
  const { frame, element } = frameOf()
  frame.start(handover())
  element.say(READY)
  element.load()
  expect(heard).toEqual([])
  again(element)
  expect(heard).toEqual([{ type: 'ended', why: 'reloaded' }])
  again(element)
  expect(heard).toHaveLength(1)
  expect([page.frames, frame.usable, frame.save()]).toEqual([[], false, false])
})

test('a page that never listens is given up; who comes later is told', () => {
  const { frame } = frameOf()
  vi.advanceTimersByTime(19_999)
  expect(frame.usable).toBe(true)
  vi.advanceTimersByTime(1)
  expect([frame.usable, page.frames]).toEqual([false, []])
  frame.start(handover())
  expect(heard).toEqual([{ type: 'ended', why: 'unreachable' }])
})

test('a page that listens has all the time it needs from then on', () => {
  const { frame, element } = frameOf()
  element.say(READY)
  vi.advanceTimersByTime(60_000)
  expect(frame.usable).toBe(true)
})

test('destroyed, it hands nothing over any more', () => {
  const { frame, element } = frameOf()
  frame.start(handover())
  frame.destroy()
  frame.destroy()
  element.say(READY)
  expect([heard, element.posted]).toEqual([[{ type: 'ended', why: 'destroyed' }], []])
})

test('only the frame in front is seen and focused; a focus that came too early is given when it is', () => {
  const { frame, element } = frameOf()
  expect([element.inert, element.ariaHidden, element.style.visibility, frame.inFront]).toEqual([true, 'true', 'hidden', false])
  frame.focus()
  expect(page.document.activeElement).toBe(page.body)
  frame.show(true)
  expect([element.inert, element.ariaHidden, element.style.visibility, frame.inFront]).toEqual([false, null, 'visible', true])
  expect(page.document.activeElement).toBe(element)
  page.focusOn(page.body)
  frame.show(false)
  frame.show(true)
  expect(page.document.activeElement).toBe(page.body)
})
