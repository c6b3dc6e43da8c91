// A whole gateway with an endpoint of embeddings: what is added is found by its meaning by whoever may see it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PEOPLE } from '../data/demo.ts'
import { readyKernel } from '../kernels/testing/kernel.ts'
import { EmbeddingEndpoint } from '../models/testing/embedder.ts'
import { send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

let endpoint: EmbeddingEndpoint
let gateway: TestGateway
beforeEach(async () => {
  endpoint = await new EmbeddingEndpoint().start()
  const env = { EMBEDDINGS_URL: endpoint.url, EMBEDDINGS_MODEL: 'trigrams', EMBEDDINGS_KEY: 'sk-1', EMBEDDINGS_LEVEL: 'internal' }
  gateway = await testGateway({ env })
  const edit = { by: 'p_demo-owner', at: 1000, reason: 'a test' }
  for (const [person, standing] of Object.entries(PEOPLE))
    await gateway.deps.desk.store.governance.setSubject(person, standing, edit)
})
afterEach(async () => {
  await stopGateway(gateway)
  await endpoint.close()
})

async function add(level: string, text: string): Promise<void> {
  const { bearer } = await signIn(gateway, 'demo-analyst')
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/octet-stream' }
  const added = await send(gateway.origin, `POST /api/library/files/rules.txt?level=${level}`, { headers, body: text })
  expect(added.status).toBe(200)
}

async function search(query: string) {
  const kernel = readyKernel({ id: 'k_00000001', person: 'p_demo-colleague' }, '/run/data')
  const line = JSON.stringify({ call: 'kb.search', body: { query, limit: 10 } })
  const { ok } = JSON.parse(await gateway.deps.data.library(kernel, line))
  return { by: ok.ranking.by, passages: ok.documents.map(({ passage }: { passage: string }) => passage) }
}

test('what a member adds is sent under the key, up to the classification of the endpoint, and found misspelt', async () => {
  await add('confidential', 'A confidential framework')
  await add('internal', 'The regulatory framework')
  const found = { by: 'hybrid', passages: ['The regulatory framework'] }
  await expect.poll(() => search('regulatroy framwork'), { timeout: 20_000 }).toEqual(found)
  expect(new Set(endpoint.texts)).toEqual(new Set(['rules\nThe regulatory framework', 'regulatroy framwork']))
  expect(new Set(endpoint.requests.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer sk-1']))
  expect(gateway.log.join('')).not.toMatch(/sk-1|regulat/)
}, 30_000)
