import { expect, test } from 'vitest'
import { Refused, refusalOf } from '../primitives/refused.ts'
import { createApi, type Fetch, target } from './api.ts'

type Seen = { path: string; init: RequestInit }
const person = { id: 'p_00000001', name: 'Owner' }

function served(...answers: { status?: number; body: unknown }[]) {
  const seen: Seen[] = []
  const fetch: Fetch = async (path, init) => {
    seen.push({ path, init })
    const answer = answers[Math.min(seen.length, answers.length) - 1]
    return new Response(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body), {
      status: answer?.status ?? 200,
    })
  }
  return { seen, fetch }
}
const header = (seen: Seen | undefined, name: string) => new Headers(seen?.init.headers).get(name)
const holding = (...bearers: (string | null)[]) => {
  const asked: boolean[] = []
  let left = false
  return {
    asked,
    left: () => left,
    bearer: async (renew = false) => {
      asked.push(renew)
      return bearers[Math.min(asked.length, bearers.length) - 1] ?? null
    },
    signedOut: () => {
      left = true
    },
  }
}

test('parameters are escaped, a missing one is an error of ours', () => {
  expect(target('PUT /api/notebooks/:id/files/:name', { id: 'n_1', name: 'a b/?.csv' }).path).toBe(
    '/api/notebooks/n_1/files/a%20b%2F%3F.csv',
  )
  expect(target('GET /api/notebooks', {}, { trash: '1' })).toEqual({ method: 'GET', path: '/api/notebooks?trash=1' })
  expect(() => target('GET /api/notebooks/:id')).toThrow('needs id')
})

test('a person’s call carries the bearer in a header, never in the address', async () => {
  const { seen, fetch } = served({ body: {} })
  await createApi(fetch, holding('secret'))('POST /api/sign-out')
  expect(header(seen[0], 'authorization')).toBe('Bearer secret')
  expect(seen[0]?.path).not.toContain('secret')
})

test('an anonymous call asks for no bearer', async () => {
  const { seen, fetch } = served({ body: [person] })
  const credentials = holding('secret')
  expect(await createApi(fetch, credentials)('GET /api/accounts')).toEqual([person])
  expect(header(seen[0], 'authorization')).toBeNull()
  expect(credentials.asked).toEqual([])
})

test('one 401 renews the bearer and asks again; a second one is the end of the session', async () => {
  const refusal = { code: 'unauthenticated', message: 'You are signed out.', id: 'e_00000001' }
  const renewed = served({ status: 401, body: refusal }, { body: [] })
  expect(await createApi(renewed.fetch, holding('old', 'new'))('GET /api/packages')).toEqual([])
  expect(renewed.seen.map((each) => header(each, 'authorization'))).toEqual(['Bearer old', 'Bearer new'])

  const ended = served({ status: 401, body: refusal })
  const credentials = holding('old', 'new')
  await expect(createApi(ended.fetch, credentials)('GET /api/packages')).rejects.toMatchObject({ refusal })
  expect(credentials.left()).toBe(true)
})

test('without a bearer nothing is sent', async () => {
  const { seen, fetch } = served({ body: {} })
  await expect(createApi(fetch, holding(null))('GET /api/limits')).rejects.toBeInstanceOf(Refused)
  expect(seen).toHaveLength(0)
})

test('every kind of failure is a sentence with a code', async () => {
  const api = (fetch: Fetch) => createApi(fetch, holding('b'))('GET /api/limits').catch(refusalOf)
  expect(await api(served({ status: 409, body: { code: 'name-taken', message: 'Taken.', id: 'e_00000001' } }).fetch)).toEqual({
    code: 'name-taken',
    message: 'Taken.',
    id: 'e_00000001',
  })
  expect(await api(served({ status: 502, body: '<html>bad gateway</html>' }).fetch)).toMatchObject({ code: 'http' })
  expect(await api(served({ body: [{ unexpected: true }] }).fetch)).toMatchObject({ code: 'bad-answer' })
  expect(await api(() => Promise.reject(new TypeError('fetch failed')))).toMatchObject({ code: 'offline' })
})

test('a server that accepts and stays silent is given up, and so is a call whose asker has gone', async () => {
  const silent: Fetch = (_, { signal }) =>
    new Promise((_done, fail) => {
      if (signal?.aborted) fail(signal.reason)
      signal?.addEventListener('abort', () => fail(signal.reason), { once: true })
    })
  const api = createApi(silent, holding('b'), { call: 5, upload: 60_000 })
  expect(await api('GET /api/limits').catch(refusalOf)).toMatchObject({
    code: 'offline',
    message: expect.stringContaining('in time'),
  })
  const gone = new AbortController()
  const asked = createApi(silent, holding('b'))('GET /api/limits', { signal: gone.signal })
  gone.abort()
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
})

test('an upload sends the bytes as they are', async () => {
  const { seen, fetch } = served({ body: { name: 'a.bin', bytes: 3, uploaded: 1, label: { level: 'public', markings: [] } } })
  const bytes = new Blob([new Uint8Array([1, 2, 255])])
  await createApi(fetch, holding('b'))('PUT /api/notebooks/:id/files/:name', { params: { id: 'n_1', name: 'a.bin' }, bytes })
  expect(seen[0]?.init.body).toBe(bytes)
})
