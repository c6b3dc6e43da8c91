// Searches by meaning in real kernels, through the gateway, with an endpoint of embeddings on loopback.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddingEndpoint } from '../server/models/testing/embedder.ts'
import type { Client } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { startStack } from './stack.ts'

const KEY = 'sk-not-for-kernels'
const LIBRARY = join(import.meta.dirname, '../examples/library')

const served = test.extend<object, { endpoint: EmbeddingEndpoint }>({
  endpoint: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      const endpoint = await new EmbeddingEndpoint().start()
      await use(endpoint)
      await endpoint.close()
    },
    { scope: 'worker' },
  ],
  stack: [
    async ({ endpoint }, use) => {
      const set = { EMBEDDINGS_URL: endpoint.url, EMBEDDINGS_MODEL: 'trigrams', EMBEDDINGS_LEVEL: 'internal' }
      const stack = await startStack({ env: { ...set, EMBEDDINGS_KEY: KEY } })
      await use(stack)
      await stack.stop()
    },
    { scope: 'worker', timeout: 180_000 },
  ],
})

/** Titles of the planted documents, by whether the endpoint may be sent them. */
function titles(): { readonly open: string[]; readonly closed: string[] } {
  const texts = readdirSync(LIBRARY).map((name) => readFileSync(join(LIBRARY, name), 'utf8'))
  const of = (pattern: RegExp) => texts.filter((text) => pattern.test(text)).map((text) => /^# (.+)$/m.exec(text)?.[1] ?? '')
  return { open: of(/^<!-- classification: (public|internal) -->/), closed: of(/^<!-- classification: (confidential|secret)/) }
}

const SEARCH = `import base64, json, os
from scrydon import kb
def told(query):
    found = kb.search(query)
    return [found.ranking, found.note, [one.classification for one in found], [one.title for one in found]]
shown = json.dumps([told("regulatroy framwork"), told("regulatory framework Q3"), told("regulatroy framwork")])
"TOLD:" + base64.b64encode(shown.encode()).decode() + ":" + str([name for name in os.environ if "EMBEDDINGS" in name])`
const TOLD = /TOLD:([\w+/=]+):(\[[^\]]*\])/

type Told = [ranking: string, note: string | null, classifications: string[], titles: string[]]

async function searched(who: Client): Promise<{ readonly told: Told[]; readonly variables: string }> {
  const { kernel } = await who.open(await who.tab(), (await who.notebook('by meaning', notebookOf(SEARCH))).id)
  await kernel.runAll()
  const { data } = await kernel.until('what was found', ({ data }) => TOLD.test(JSON.stringify(data)))
  const [, told, variables] = TOLD.exec(JSON.stringify(data)) ?? []
  return { told: JSON.parse(Buffer.from(told ?? '', 'base64').toString()), variables: variables ?? '' }
}

served(
  'what is misspelt is found, of what each may see, until a kernel has read what may not leave',
  async ({ client, endpoint, stack }) => {
    const { open, closed } = titles()
    const sent = () => open.filter((title) => endpoint.texts.some((text) => text.startsWith(`${title}\n`)))
    await expect.poll(sent, { timeout: 60_000 }).toEqual(open)

    const low = await searched(await client('Colleague'))
    expect(low.told.map(([ranking, note]) => [ranking, note])).toEqual([
      ['hybrid', null],
      ['hybrid', null],
      ['hybrid', null],
    ])
    for (const [, , classifications] of low.told) {
      expect(classifications).toHaveLength(10)
      expect(classifications.filter((one) => one !== 'public' && one !== 'internal')).toEqual([])
    }
    expect(low.told[0]?.[3][0]).toBe('The regulatory framework of data protection in Europe') // which has no word of the question
    expect(low.variables).toBe('[]')

    const high = await searched(await client('Analyst'))
    expect(high.told.map(([ranking]) => ranking)).toEqual(['hybrid', 'hybrid', 'full-text'])
    expect(high.told[1]?.[2].some((one) => one.startsWith('confidential'))).toBe(true)
    expect(high.told[2]?.[1]).toContain('what this kernel has read is classified above')

    expect(closed.length).toBeGreaterThan(0)
    expect(endpoint.texts.filter((text) => closed.some((title) => text.startsWith(`${title}\n`)))).toEqual([])
    expect(new Set(endpoint.requests.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${KEY}`]))
    expect(readFileSync(`/proc/${stack.pid('runner')}/environ`, 'utf8')).not.toContain(KEY)
  },
)
