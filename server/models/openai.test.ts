import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestClock } from '#protocol/testing.ts'
import { clock } from '../clock.ts'
import { all, modelsContract, promptTo, textOf } from '../seams/models.contract.ts'
import type { Failure, Models } from '../seams/models.ts'
import { openAiModels } from './openai.ts'
import { Endpoint } from './testing/endpoint.ts'

const SHORT = 300 // ms; the real limits are minutes
const KEY = 'sk-secret'
const never = new AbortController().signal

/** How the fixture brings each failure about. */
const CAUSES: Record<Exclude<Failure, 'unreachable'>, string> = {
  silent: 'silent',
  unauthorised: 'keyless',
  unknown: 'absent',
  busy: 'tooMany',
  rejected: 'rejected',
  failed: 'broken',
  redirected: 'redirect',
  garbled: 'nonsense',
  cut: 'cutOff',
  'too-long': 'endless',
}
const NOWHERE = 'nowhere'

/** A port at which nobody listens any more. */
async function deadUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return `http://127.0.0.1:${port}/v1`
}

modelsContract(async () => {
  const endpoint = await new Endpoint().start()
  const patient = openAiModels({ url: endpoint.url, key: KEY, clock })
  const others: Record<string, Models> = {
    silent: openAiModels({ url: endpoint.url, key: KEY, clock, silence: SHORT }),
    [NOWHERE]: openAiModels({ url: await deadUrl(), key: KEY, clock }),
  }
  return {
    models: { ask: (prompt, signal) => (others[prompt.model] ?? patient).ask(prompt, signal) },
    named: (manner) => (manner === 'unreachable' ? NOWHERE : ((CAUSES as Record<string, string>)[manner] ?? manner)),
    open: () => endpoint.open,
    close: () => endpoint.close(),
  }
})

let endpoint: Endpoint
let models: Models
beforeAll(async () => {
  endpoint = await new Endpoint().start()
  models = openAiModels({ url: endpoint.url, key: KEY, clock })
})
afterAll(() => endpoint.close())
const asked = (model: string, content?: string) => all(models.ask(promptTo(model, content), never))

test('what is asked of the endpoint is the prompt, under the key', async () => {
  await all(models.ask({ ...promptTo('echo', 'hello'), temperature: 0.5 }, never))
  expect(endpoint.requests.at(-1)).toEqual({
    path: '/v1/chat/completions',
    authorization: `Bearer ${KEY}`,
    body: {
      model: 'echo',
      messages: [{ role: 'user', content: 'hello' }],
      max_tokens: 100,
      temperature: 0.5,
      stream: true,
      stream_options: { include_usage: true },
    },
  })
  await all(openAiModels({ url: endpoint.url, key: null, clock }).ask(promptTo('echo'), never))
  expect(endpoint.requests.at(-1)).toMatchObject({ authorization: undefined })
  expect(endpoint.requests.at(-1)?.body).not.toHaveProperty('temperature')
})

test('a redirect is not followed: the prompt stays at the address that was set', async () => {
  const before = endpoint.requests.length
  expect(await asked('redirect')).toEqual([{ type: 'failed', why: 'redirected' }])
  expect(endpoint.requests).toHaveLength(before + 1)
})

test('chunks may be cut anywhere, a character or a pair of surrogates included', async () => {
  expect(textOf(await asked('bytewise', 'é 中 😀'))).toBe('é 中 😀')
  expect(await asked('halves')).toEqual([
    { type: 'text', text: 'a' },
    { type: 'text', text: '😀b' },
    { type: 'end', why: 'complete', used: null },
  ])
})

test('an endpoint may leave out its last line; not its end', async () => {
  expect((await asked('undone')).at(-1)).toEqual({ type: 'end', why: 'complete', used: null })
  expect(await asked('brokenOff')).toEqual([
    { type: 'text', text: 'no end' },
    { type: 'failed', why: 'cut' },
  ])
})

test.each([
  ['forbidden', 'unauthorised'],
  ['away', 'busy'],
  ['failing', 'failed'],
  ['misshapen', 'garbled'],
  ['notText', 'garbled'],
  ['longLine', 'too-long'],
])('what else may be wrong: %s is %s', async (model, why) => {
  expect((await asked(model)).at(-1)).toEqual({ type: 'failed', why })
})

test('a count that cannot be is none', async () => {
  expect((await asked('oddUsage')).at(-1)).toEqual({ type: 'end', why: 'complete', used: null })
})

test('it ends when it falls silent, and when its time is over, however long its silences may be', async () => {
  for (const limits of [{ silence: SHORT }, { whole: SHORT }]) {
    const brief = openAiModels({ url: endpoint.url, key: KEY, clock, ...limits })
    expect((await all(brief.ask(promptTo('unended'), never))).at(-1)).toEqual({ type: 'failed', why: 'silent' })
  }
})

test('the endpoint is read no faster than its answer is, and a slow reader is no silence', async () => {
  const time = new TestClock()
  const patient = openAiModels({ url: endpoint.url, key: KEY, clock: time, silence: SHORT })
  const heard = patient.ask(promptTo('endless'), never)[Symbol.asyncIterator]()
  await heard.next()
  await expect.poll(() => endpoint.heldUp).toBe(true)
  time.pass(2 * SHORT)
  expect(await heard.next()).toMatchObject({ value: { type: 'text' } })
  await heard.return?.()
  await expect.poll(() => endpoint.open).toBe(0)
})
