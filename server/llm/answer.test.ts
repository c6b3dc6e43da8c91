import { beforeEach, expect, test } from 'vitest'
import { MODEL } from '#protocol/limits.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { TestClock } from '#protocol/testing.ts'
import type { Heard, Models, Prompt } from '../seams/models.ts'
import { Answer } from './answer.ts'
import type { Asker } from './rule.ts'

const PROMPT: Prompt = { model: 'm', messages: [{ role: 'user', content: 'x' }], tokens: 1, temperature: null }
const ASKER: Asker = { mode: 'edit', label: LOWEST }
const turn = () => new Promise((done) => setImmediate(done))

/** An endpoint that says what the test says, when it is asked for more. */
class Told implements Models {
  readonly #waiting: Heard[] = []
  #more = Promise.withResolvers<void>()
  asked = 0
  left = false

  say(...heard: readonly Heard[]): void {
    this.#waiting.push(...heard)
    this.#wake()
  }

  async *ask(_: Prompt, signal: AbortSignal): AsyncGenerator<Heard> {
    signal.addEventListener('abort', () => this.#wake())
    while (!signal.aborted) {
      const next = this.#waiting.shift()
      if (next) {
        this.asked += 1
        yield next
      } else await this.#more.promise
    }
    this.left = true
  }

  #wake(): void {
    this.#more.resolve()
    this.#more = Promise.withResolvers()
  }
}
const text = (said: string): Heard => ({ type: 'text', text: said })
const END: Heard = { type: 'end', why: 'complete', used: 5 }

let told: Told
let time: TestClock
let answer: Answer
let forgotten: number
beforeEach(() => {
  told = new Told()
  time = new TestClock()
  forgotten = 0
  answer = new Answer(told, PROMPT, ASKER, time, () => {
    forgotten += 1
  })
})

test('what comes is given from the place that is asked from, with the end after the last of it', async () => {
  told.say(text('one '), text('two'))
  await turn()
  expect(await answer.next(0)).toEqual({ text: 'one two', at: 7, end: null })
  told.say(END)
  expect(await answer.next(7)).toEqual({ text: '', at: 7, end: 'complete' })
  expect(await answer.outcome).toEqual({ heard: END, bytes: 7 })
  expect(answer.running).toBe(false)
})

test('asked twice it says the same; what came meanwhile is there, too', async () => {
  told.say(text('one '))
  await turn()
  expect(await answer.next(0)).toEqual({ text: 'one ', at: 4, end: null })
  told.say(text('two'), END)
  await turn()
  for (const _ of [1, 2]) expect(await answer.next(0)).toEqual({ text: 'one two', at: 7, end: 'complete' })
  for (const _ of [1, 2]) expect(await answer.next(4)).toEqual({ text: 'two', at: 7, end: 'complete' })
})

test('a place that was passed, or is not there yet, is none', async () => {
  told.say(text('one two'))
  await turn()
  await answer.next(4)
  expect(await answer.next(3)).toBe('misplaced')
  expect(await answer.next(8)).toBe('misplaced')
  expect(await answer.next(4)).toEqual({ text: 'two', at: 7, end: null })
})

test('two who wait at once from one place get the same', async () => {
  const both = [answer.next(0), answer.next(0)]
  told.say(text('one'))
  expect(await Promise.all(both)).toEqual([1, 2].map(() => ({ text: 'one', at: 3, end: null })))
})

test('who asks waits for what comes, yet not for ever', async () => {
  const first = answer.next(0)
  told.say(text('late'))
  expect(await first).toEqual({ text: 'late', at: 4, end: null })
  const second = answer.next(4)
  time.pass(MODEL.poll)
  expect(await second).toEqual({ text: '', at: 4, end: null })
})

test('a failure comes after the text before it, as often as it is asked for', async () => {
  told.say(text('half'), { type: 'failed', why: 'cut' })
  await turn()
  expect(await answer.next(0)).toEqual({ text: 'half', at: 4, end: null })
  for (const _ of [1, 2]) expect(await answer.next(4)).toEqual({ failed: 'cut' })
})

test('while much waits the endpoint is asked for no more', async () => {
  const part = 'x'.repeat(MODEL.unread / 4)
  told.say(...Array.from({ length: 20 }, () => text(part)), END)
  await turn()
  expect(told.asked).toBe(5)
  expect(await answer.next(0)).toMatchObject({ at: 5 * part.length })
  await turn()
  expect(told.asked).toBe(5) // it may be asked for again
  expect(await answer.next(5 * part.length)).toMatchObject({ text: expect.stringMatching(/^x+$/) })
  await turn()
  expect(told.asked).toBe(10)
})

test('nobody asks for a while: it is cancelled and forgotten; each question puts that off', async () => {
  await turn()
  time.pass(MODEL.idle - 1)
  told.say(text('one'))
  expect(await answer.next(0)).toMatchObject({ text: 'one' })
  time.pass(MODEL.idle - 1)
  expect([forgotten, told.left]).toEqual([0, false])
  time.pass(1)
  expect(await answer.outcome).toEqual({ heard: null, bytes: 3 })
  expect([forgotten, told.left]).toEqual([1, true])
})

test('cancelled, it ends for who waits and leaves the endpoint, also where much waits', async () => {
  const waiting = answer.next(0)
  await turn()
  answer.cancel()
  expect(await waiting).toEqual({ text: '', at: 0, end: null })
  expect(await answer.outcome).toEqual({ heard: null, bytes: 0 })

  const full = new Answer(told, PROMPT, ASKER, time, () => undefined)
  told.say(text('x'.repeat(MODEL.unread + 1)))
  await turn()
  full.cancel()
  expect(await full.outcome).toEqual({ heard: null, bytes: MODEL.unread + 1 })
})

test('withdrawn, it gives nothing more to who waits and who asks again, not even what was there, and leaves the endpoint', async () => {
  told.say(text('one '))
  await turn()
  await answer.next(0)
  const waiting = answer.next(4)
  await turn()
  answer.withdraw()
  expect(await waiting).toEqual({ failed: 'withdrawn' })
  for (const place of [0, 4]) expect(await answer.next(place)).toEqual({ failed: 'withdrawn' })
  expect(await answer.outcome).toEqual({ heard: null, bytes: 4 })
  expect([told.left, answer.running]).toEqual([true, false])

  const unread = new Answer(told, PROMPT, ASKER, time, () => undefined)
  told.say(text('two'))
  await turn()
  unread.withdraw()
  expect(await unread.next(0)).toEqual({ failed: 'withdrawn' })
})
