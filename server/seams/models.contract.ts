// What every way to language models must do. An implementation's test calls this with an endpoint that behaves as it is told to.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL } from '#protocol/limits.ts'
import { FAILURES, type Failure, type Heard, type Models, type Prompt } from './models.ts'

/** What an endpoint may be like. `echo` answers with the last message, `unended` says a word and then nothing, `endless` never stops. */
export type Manner = 'echo' | 'length' | 'filter' | 'uncounted' | 'unended' | 'endless'

export type Opened = {
  readonly models: Models
  /** The name of a model that behaves so. */
  named(manner: Manner | Failure): string
  /** Answers that the endpoint is giving. */
  open(): number
  close(): Promise<void>
}

export const promptTo = (model: string, content = 'one two three'): Prompt => ({
  model,
  messages: [{ role: 'user', content }],
  tokens: 100,
  temperature: null,
})

export async function all(heard: AsyncIterable<Heard>): Promise<Heard[]> {
  const found: Heard[] = []
  for await (const one of heard) found.push(one)
  return found
}
export const textOf = (heard: readonly Heard[]) => heard.map((one) => (one.type === 'text' ? one.text : '')).join('')

export function modelsContract(open: () => Promise<Opened>): void {
  describe('models', () => {
    let opened: Opened
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())
    const never = new AbortController().signal
    const asked = (manner: Manner | Failure, content?: string) =>
      all(opened.models.ask(promptTo(opened.named(manner), content), never))

    test('an answer comes in parts, then its end with what it took', async () => {
      const heard = await asked('echo', 'über 𝄞 中\nlines')
      expect(heard.length).toBeGreaterThan(2)
      expect(textOf(heard)).toBe('über 𝄞 中\nlines')
      expect(heard.at(-1)).toEqual({ type: 'end', why: 'complete', used: expect.any(Number) })
      expect(heard.filter(({ type }) => type !== 'text')).toHaveLength(1)
    })

    test('each end is told apart; an endpoint may not say what it took', async () => {
      expect((await asked('length')).at(-1)).toMatchObject({ type: 'end', why: 'length' })
      expect((await asked('filter')).at(-1)).toMatchObject({ type: 'end', why: 'filter' })
      expect((await asked('uncounted')).at(-1)).toEqual({ type: 'end', why: 'complete', used: null })
    })

    test.each(FAILURES)('a failure is heard last, and named: %s', async (why) => {
      const heard = await asked(why)
      expect(heard.at(-1)).toEqual({ type: 'failed', why })
      expect(heard.filter(({ type }) => type !== 'text')).toHaveLength(1)
      expect(textOf(heard).length).toBeLessThanOrEqual(MODEL.answer)
    })

    test('after an abort nothing comes, and the endpoint is left', async () => {
      const abort = new AbortController()
      const heard: Heard[] = []
      for await (const one of opened.models.ask(promptTo(opened.named('unended')), abort.signal)) {
        heard.push(one)
        abort.abort()
      }
      expect(heard).toEqual([{ type: 'text', text: 'a first word ' }])
      const amid = new AbortController()
      let texts = 0
      for await (const _ of opened.models.ask(promptTo(opened.named('endless')), amid.signal)) {
        texts += 1
        amid.abort()
      }
      expect(texts).toBe(1)
      await expect.poll(opened.open).toBe(0)
      expect(await all(opened.models.ask(promptTo(opened.named('echo')), AbortSignal.abort()))).toEqual([])
    })

    test('who stops listening leaves the endpoint, too', async () => {
      for await (const one of opened.models.ask(promptTo(opened.named('endless')), never)) {
        expect(one.type).toBe('text')
        break
      }
      await expect.poll(opened.open).toBe(0)
    })
  })
}
