// One warm frame waits for the next notebook, and never takes the focus from anybody.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Frame } from './frame.ts'
import { FramePool } from './frames.ts'
import { type TestIFrame, TestPage } from './testing/page.ts'

let page: TestPage
let pool: FramePool

beforeEach(() => {
  vi.useFakeTimers()
  page = new TestPage()
  pool = new FramePool(page.place())
})
afterEach(() => {
  pool.destroyAll()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const elementOf = (frame: Frame) => frame.element as unknown as TestIFrame

test('the warm frame is the next notebook’s', () => {
  pool.warm()
  pool.warm()
  expect(page.frames).toHaveLength(1)
  const [warm] = page.frames
  expect(elementOf(pool.take('edit'))).toBe(warm)
  expect(elementOf(pool.take('edit'))).not.toBe(warm)
  expect(page.frames).toHaveLength(2)
})

test('a frame of the other mode is of no use: the next one is made, and kept warm, as the last notebook was', () => {
  pool.warm()
  const [edit] = page.frames
  expect(pool.take('run').mode).toBe('run')
  pool.warm()
  expect(page.frames).not.toContain(edit)
  const before = page.frames.length
  expect(pool.take('run').mode).toBe('run')
  expect(page.frames).toHaveLength(before)
})

test('a page that is loaded anew keeps warm what was opened last', () => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  const warmOf = (loaded: FramePool) => {
    loaded.warm()
    return page.frames.at(-1)
  }
  const reader = new FramePool(page.place())
  reader.take('run')
  reader.destroyAll()
  const again = new FramePool(page.place())
  const warm = warmOf(again)
  expect(elementOf(again.take('run'))).toBe(warm)
  again.take('edit')
  again.destroyAll()
  const editor = new FramePool(page.place())
  const other = warmOf(editor)
  expect(elementOf(editor.take('edit'))).toBe(other)
  editor.destroyAll()
})

test('a warm frame that died while it waited is not given out', () => {
  pool.warm()
  const [dead] = page.frames
  vi.advanceTimersByTime(20_000) // its page never spoke
  const taken = pool.take('edit')
  expect([taken.usable, elementOf(taken) === dead]).toEqual([true, false])
})

test.each<[string, () => unknown]>([
  ['a frame', () => page.document.createElement()],
  ['a menu or a dialog', () => ({ closest: (selector: string) => (selector.includes('"menu"') ? {} : null) })],
])('while somebody is in %s nothing is loaded beside it', (_, where) => {
  page.focusOn(where())
  pool.warm()
  vi.advanceTimersByTime(5_000)
  expect(page.frames).toEqual([])
  page.focusOn(page.body)
  vi.advanceTimersByTime(1_000)
  expect(page.frames).toHaveLength(1)
})

const focusComesBack = () => page.window.dispatchEvent(new Event('focus'))

test.each<[string, (front: TestIFrame) => unknown]>([
  ['and left nowhere', () => page.body],
  ['while its element kept it', (front) => front],
])('a focus that the warm frame’s loading took away %s is given back to the frame in front', (_, left) => {
  const front = pool.take('edit')
  pool.take('edit')
  front.show(true)
  pool.warm()
  const element = elementOf(front)
  page.focusOn(left(element))
  focusComesBack()
  expect([page.document.activeElement === element, element.entered]).toEqual([true, 1])
})

test('once the warm frame has spoken, and a moment more, the focus is not looked after', async () => {
  const front = pool.take('edit')
  front.show(true)
  pool.warm()
  page.frames.at(-1)?.say({ type: 'scrydon-frame-ready' })
  await vi.advanceTimersByTimeAsync(999)
  focusComesBack()
  expect(elementOf(front).entered).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  page.focusOn(page.body)
  focusComesBack()
  expect([page.document.activeElement, elementOf(front).entered]).toEqual([page.body, 1])
})

test('a press on the shell keeps the focus it has taken', () => {
  const front = pool.take('edit')
  front.show(true)
  pool.warm()
  const pressed = { closest: () => null }
  page.focusOn(pressed)
  focusComesBack()
  expect(page.document.activeElement).toBe(pressed)
})

test('of a person who has left no frame stays, and none is made for them later', () => {
  pool.take('edit')
  pool.warm()
  pool.destroyAll()
  expect(page.frames).toEqual([])
  page.focusOn(page.document.createElement())
  pool.warm()
  pool.destroyAll()
  page.focusOn(page.body)
  vi.advanceTimersByTime(5_000)
  expect(page.frames).toEqual([])
})
