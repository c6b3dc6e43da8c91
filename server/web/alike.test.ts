// What is not for somebody, any more or at all, and what never was: told in the same bytes by every call that names a notebook or a
// kernel, but for the id of each answer.
import { expect, test } from 'vitest'
import { CALLS, type Call } from '#protocol/calls.ts'
import type { Client } from '../testing.ts'
import { analyst, clock, colleague, create, gateway, kernels, openBody, SOURCE } from './testing/browser.ts'

const COLLEAGUE = 'p_demo-colleague'
const NAMES = /\/:(id|kernel)\b/
const asked = (Object.keys(CALLS) as Call[]).filter((call) => /\/(notebooks\/:id|kernels\/:kernel)/.test(call))
const BODIES: Partial<Record<Call, object>> = {
  'PATCH /api/notebooks/:id': { name: 'Another' },
  'POST /api/notebooks/:id/versions': { name: 'Another' },
  'POST /api/notebooks/:id/drafts': { source: SOURCE },
  'POST /api/notebooks/:id/open': openBody(),
  'POST /api/notebooks/:id/release': { version: 'v_00000001', digest: '0'.repeat(64) },
  'POST /api/notebooks/:id/lease/answer': { give: true },
  'PUT /api/notebooks/:id/shares': { with: ['workspace'], right: 'view', expires: null, onto: 0 },
  'DELETE /api/notebooks/:id/shares': { with: 'workspace' },
  'POST /api/kernels/:kernel/requests': { table: 'planes', words: '' },
}

const share = (id: string, expires: number | null = null) =>
  analyst.call(`PUT /api/notebooks/${id}/shares`, { with: [COLLEAGUE], right: 'view', expires, onto: 0 })

/** How a notebook comes to be nothing to the colleague. */
const WAYS: Record<string, (id: string) => Promise<unknown>> = {
  'never shared': async () => undefined,
  'with the share taken back': async (id) => {
    await share(id)
    await colleague.call(`POST /api/notebooks/${id}/open`, openBody())
    return analyst.call(`DELETE /api/notebooks/${id}/shares`, { with: COLLEAGUE })
  },
  'shared and in the trash': async (id) => {
    await share(id)
    return analyst.call(`DELETE /api/notebooks/${id}`)
  },
  'with a share that has run out': async (id) => {
    await share(id, clock.now + 1000)
    clock.now += 1000
  },
}

/** Status, headers and body, to the byte, but for the time and the answer's own id. */
async function answer({ bearer }: Client, call: Call, named: string): Promise<string> {
  const [method = '', path = ''] = call.split(' ')
  const url = `${gateway.origin}${path.replace(NAMES, `/${named}`).replace(':version', 'v_00000001').replace(':name', 'a.csv')}`
  const type = call.startsWith('PUT') && call.includes('/files/') ? 'application/octet-stream' : 'application/json'
  const body = method === 'GET' ? {} : { body: JSON.stringify(BODIES[call] ?? {}) }
  const headers = { authorization: `Bearer ${bearer}`, ...(method === 'GET' ? {} : { 'content-type': type }) }
  const said = await fetch(url, { method, headers, ...body })
  const kept = [...said.headers].filter(([name]) => name !== 'date')
  const text = await said.text()
  const { id } = JSON.parse(text) as { id: string }
  return `${said.status} ${JSON.stringify(kept)} ${text.replace(id, '')} ${id.length}`
}

test.each(Object.keys(WAYS))('a notebook %s and one that there is not', async (way) => {
  const { id } = await create(analyst, { name: 'Theirs', source: SOURCE })
  await WAYS[way]?.(id)
  for (const call of asked.filter((one) => one.includes(':id'))) {
    const none = await answer(colleague, call, 'n_nothing-there-at-all00')
    expect(none, call).toMatch(/^404 .*"code":"not-found"/)
    expect(await answer(colleague, call, id), call).toBe(none)
  }
})

test('another’s kernel and one that there is not', async () => {
  const { id } = await create(analyst, { name: 'Theirs', source: SOURCE })
  await analyst.call(`POST /api/notebooks/${id}/open`, openBody())
  for (const call of asked.filter((one) => one.includes(':kernel'))) {
    const none = await answer(colleague, call, 'k_nothing-there-at-all')
    expect(none, call).toMatch(/^404 .*"code":"not-found"/)
    expect(await answer(colleague, call, kernels.list()[0]?.spec.id ?? ''), call).toBe(none)
  }
})
