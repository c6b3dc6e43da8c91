// Language models in real kernels, through the gateway, from an endpoint on loopback.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from './client.ts'
import { expect, notebookOf } from './fixtures.ts'
import { tells, withModels } from './models.ts'
import { outcome, telling } from './told.ts'

const KEY = 'sk-not-for-kernels'
const SECRET_WORDS = 'the words of a prompt'
const SAID = `" ".join(${JSON.stringify(SECRET_WORDS.split(' '))})` // so that the notebook's source does not hold them
const MODELS = {
  default: { model: 'echo', level: 'internal' },
  readers: { model: 'echo', level: 'internal', readers: true },
  inhouse: { model: 'echo', level: 'confidential', markings: ['PII'] },
  waiting: { model: 'unended', level: 'internal' },
}

const served = withModels(MODELS, KEY)

/** What the calls of a notebook came to. */
async function told(who: Client, name: string, calls: Readonly<Record<string, string>>, mode: 'auto' | 'run' = 'auto') {
  const { opened, kernel } = await who.open(await who.tab(), (await who.notebook(name, tells(calls))).id, mode)
  if (opened.mode === 'edit') await kernel.runAll()
  return outcome(kernel)
}

/** Everything that is kept of this instance, its logs included. */
function kept(home: string): string {
  const files = ['state.db', 'state.db-wal', ...readdirSync(join(home, 'logs')).map((name) => join('logs', name))]
  return files.map((name) => readFileSync(join(home, name), 'latin1')).join('')
}

served(
  'a notebook asks a model, whole, in parts, in a conversation; the key and the words are nowhere',
  async ({ client, stack, endpoint }) => {
    const answers = await told(await client('Analyst'), 'asks', {
      whole: `llm.complete(model="default", prompt=${SAID}, stream=False)`,
      parts: 'list(llm.complete("one two three", stream=True))',
      chat: 'llm.chat([{"role": "user", "content": "hello"}, {"role": "assistant", "content": "hi"}, {"role": "user", "content": "who?"}])',
      models: '[model.name for model in llm.models()]',
      left: '20000 - llm.models().left',
      nowhere: 'llm.complete("x", model="nowhere")',
      key: '[name for name in __import__("os").environ if "CORTEX" in name]',
    })
    expect(answers).toMatchObject({
      whole: SECRET_WORDS,
      chat: 'who?',
      models: ['default', 'readers', 'inhouse', 'waiting'],
      left: 36, // three answers of twelve, as the endpoint counts
      nowhere: expect.stringMatching(/^NotFound llm-absent: There is no model “nowhere”.*Owner/),
      key: [],
    })
    expect((answers.parts as string[]).join('')).toBe('one two three')
    expect(endpoint.requests.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true)
    expect(endpoint.requests[2]?.body.messages).toHaveLength(3)
    expect(readFileSync(`/proc/${stack.pid('gateway')}/environ`, 'utf8')).toContain(KEY)
    expect(readFileSync(`/proc/${stack.pid('runner')}/environ`, 'utf8')).not.toContain(KEY)
    const state = kept(stack.home)
    expect(state).toContain('model-done')
    for (const words of [KEY, SECRET_WORDS]) expect(state).not.toContain(words)
  },
)

served('what a kernel has read closes models for it, and for no other kernel', async ({ client, endpoint }) => {
  const analyst = await client('Analyst')
  const before = endpoint.requests.length
  const answers = await told(analyst, 'reads', {
    before: 'llm.complete("before")',
    read: 'len(tables.read("compliance_authorities"))',
    after: 'llm.complete("after " + tables.read("compliance_authorities")["email"].to_csv())',
    inhouse: 'llm.complete("inhouse", model="inhouse")',
    models: '[model.name for model in llm.models()]',
  })
  expect(answers).toMatchObject({
    before: 'before',
    read: 33,
    after: expect.stringMatching(
      /^Denied llm-label: The model “default” may get data up to internal.*counts as confidential PII.*Owner/,
    ),
    inhouse: 'inhouse',
    models: ['inhouse'],
  })
  expect(JSON.stringify(endpoint.requests.slice(before))).not.toContain('bfdi.bund.de')
  expect(await told(analyst, 'another', { other: 'llm.complete("other")' })).toEqual({ other: 'other' })
})

served('a reader’s kernel asks what is open to readers', async ({ client }) => {
  const answers = await told(
    await client('Colleague'),
    'is read',
    { default: 'llm.complete("x")', readers: 'llm.complete("x", "readers")' },
    'run',
  )
  expect(answers).toEqual({
    default: expect.stringMatching(/^Denied llm-readers: The model “default” is not open to readers.*Owner/),
    readers: 'x',
  })
})

served('an answer ends with its kernel, and when the cell that waits for it is interrupted', async ({ client, endpoint }) => {
  const analyst = await client('Analyst')
  const source = notebookOf('from scrydon import llm\nllm.complete("x", "waiting")')
  const { id } = await analyst.notebook('waits', source)
  const { opened, kernel } = await analyst.open(await analyst.tab(), id)
  const { ids, codes } = await kernel.instantiate()
  const run = kernel.run(ids, codes)
  await expect.poll(() => endpoint.open).toBe(1)
  await kernel.post('/api/kernel/interrupt', {})
  await expect.poll(() => endpoint.open).toBe(0)
  await run
  const again = kernel.run(ids, codes).catch(() => 'ended')
  await expect.poll(() => endpoint.open).toBe(1)
  await analyst.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
  await expect.poll(() => endpoint.open).toBe(0)
  expect(await again).toBe('ended')
})

served(
  'after a killed gateway an answer under way is said to be lost, and the next is given',
  async ({ client, stack, endpoint }) => {
    const analyst = await client('Analyst')
    const patient = 'from scrydon import _doors, llm\n_doors.use(_doors.Place(restart=60))\n' // as long as a restart takes here
    const source = telling(patient, { lost: 'llm.complete("x", "waiting")', next: 'llm.complete("next")' })
    const { id } = await analyst.notebook('goes on', source)
    const { kernel } = await analyst.open(await analyst.tab(), id)
    const { ids, codes } = await kernel.instantiate()
    kernel.run(ids, codes).catch(() => 'its channel goes with the gateway')
    await expect.poll(() => endpoint.open).toBe(1)
    await stack.kill('gateway')
    await analyst.renew()
    const found = (await analyst.open(await analyst.tab(), id)).kernel
    expect(await outcome(found)).toEqual({
      lost: expect.stringMatching(/^Unavailable llm-gone: This answer is not kept any more/),
      next: 'next',
    })
  },
)
