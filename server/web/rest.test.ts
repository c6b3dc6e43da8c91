import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import { CALLS, type Call } from '#protocol/calls.ts'
import { type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const SOURCE = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    return\n'
const COPY = 'POST /api/notebooks'

let gateway: TestGateway
let owner: Client
let analyst: Client
let outsider: Client
beforeAll(async () => {
  gateway = await testGateway()
  owner = await signIn(gateway, 'demo-owner')
  analyst = await signIn(gateway, 'demo-analyst')
  outsider = await signIn(gateway, 'demo-outsider')
})
afterAll(() => stopGateway(gateway))

const make = async (who: Client, body: unknown = {}) => (await who.call(COPY, body)).body as Notebook
const PATHS: Record<string, string> = {
  id: 'n_abcdefgh',
  kernel: 'k_abcdefgh',
  version: 'v_abcdefgh',
  name: 'a.csv',
  table: 'flights',
  person: 'p_abcdefgh',
}
const concrete = (call: string) => call.replace(/:(\w+)/g, (_, name: string) => PATHS[name] as string)
const calls = Object.keys(CALLS) as Call[]

describe('the door', () => {
  test.each(calls.filter((call) => CALLS[call].who !== 'anyone'))('%s answers 401 to who is not signed in', async (call) => {
    const { origin } = gateway
    for (const headers of [
      {},
      { authorization: 'Bearer nonsense-nonsense-nonsense' },
      { origin, cookie: '__Host-scrydon=x', authorization: 'Basic x' },
    ]) {
      const answer = await send(origin, concrete(call), { headers: { origin, ...headers } })
      expect(answer.status).toBe(401)
      expect(answer.body).toMatchObject({ code: 'signed-out' })
    }
  })

  test('the cookie opens one call only', async () => {
    const headers = { origin: gateway.origin, cookie: owner.cookie, 'x-scrydon': '1' }
    for (const call of calls.filter((one) => CALLS[one].who === 'person')) {
      expect((await send(gateway.origin, concrete(call), { headers })).status).toBe(401)
    }
  })

  test.each([
    ['no custom header', { cookie: true, origin: true }, 401],
    ['no origin', { cookie: true, header: true }, 403],
    ['a foreign origin', { cookie: true, header: true, origin: 'https://evil.example' }, 403],
    ['a lookalike origin', { cookie: true, header: true, origin: 'lookalike' }, 403],
    ['origin null', { cookie: true, header: true, origin: 'null' }, 403],
    ['no cookie', { header: true, origin: true }, 401],
    ['everything', { cookie: true, header: true, origin: true }, 200],
  ] as const)(
    'a bearer is minted only for the page itself: %s',
    async (_, given: { cookie?: boolean; header?: boolean; origin?: boolean | string }, status) => {
      const origin =
        given.origin === true ? gateway.origin : given.origin === 'lookalike' ? `${gateway.origin}.evil.example` : given.origin
      const headers = {
        ...(given.cookie ? { cookie: owner.cookie } : {}),
        ...(given.header ? { 'x-scrydon': '1' } : {}),
        ...(origin ? { origin } : {}),
      }
      expect((await send(gateway.origin, 'POST /api/bearer', { headers })).status).toBe(status)
    },
  )

  test('a bearer from another site’s page is refused', async () => {
    const headers = { authorization: `Bearer ${owner.bearer}`, origin: 'http://x.nb.localhost:1' }
    expect((await send(gateway.origin, 'GET /api/notebooks', { headers })).status).toBe(403)
  })

  test('the cookie is host-bound, unreadable and not sent across sites', async () => {
    const signed = await send(gateway.origin, 'POST /api/sign-in', {
      headers: { origin: gateway.origin, 'content-type': 'application/json' },
      body: '{"account":"p_demo-owner"}',
    })
    expect(signed.headers.get('set-cookie')).toMatch(
      /^__Host-scrydon=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200$/,
    )
  })
})

describe('bodies', () => {
  test.each([
    ['an unknown key', { name: 'x', more: 1 }],
    ['a name with a slash', { name: 'a/b' }],
    ['a name with a control character', { name: 'a\u0007b' }],
    ['a name of blanks', { name: '  ' }],
    ['a name too long', { name: 'x'.repeat(201) }],
    ['a prototype', JSON.parse('{"__proto__": {"x": 1}}') as object],
    ['not an object', 'x'],
  ])('%s is refused by name, without its value', async (_, body) => {
    const answer = await owner.call(COPY, body)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'bad-request', id: expect.stringMatching(/^e_/) })
  })

  const raw = (body: NonNullable<RequestInit['body']>, type = 'application/json') =>
    send(gateway.origin, COPY, { headers: { authorization: `Bearer ${owner.bearer}`, 'content-type': type }, body })

  test('invalid UTF-8 is refused, not repaired', async () => {
    const bytes = Buffer.concat([Buffer.from('{"source":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])
    expect((await raw(bytes)).body).toMatchObject({ code: 'not-utf8' })
    expect((await raw('{"source":"\\ud800"}')).body).toMatchObject({ code: 'not-utf8' })
  })

  test('broken JSON, deep JSON, another type', async () => {
    expect((await raw('{')).status).toBe(400)
    expect((await raw('['.repeat(50_000))).status).toBe(400)
    expect((await raw('x', 'text/plain')).body).toMatchObject({ code: 'bad-request' })
  })

  test('more than 5 MB of source is refused and named; a small call takes 64 KB', async () => {
    const big = `${SOURCE}# ${'x'.repeat(5 * 1024 * 1024)}\n`
    const answer = await owner.call(COPY, { source: big })
    expect(answer.status).toBe(413)
    expect(answer.body).toMatchObject({ code: 'source-too-big', message: expect.stringContaining('5 MB') })
    expect((await owner.call('PUT /api/preferences', { theme: 'x'.repeat(70_000) })).body).toMatchObject({ code: 'too-big' })
  })
})

describe('headers', () => {
  test.each(['GET /api/accounts', 'GET /api/notebooks', 'GET /nothing', 'GET /healthz', 'DELETE /'])(
    '%s carries them all',
    async (route) => {
      const { headers } = await send(gateway.origin, route)
      const csp = headers.get('content-security-policy') ?? ''
      expect(csp).toContain("default-src 'none'")
      expect(csp).toContain("script-src 'self';")
      expect(csp).toContain(`frame-src http://*.nb.localhost:${gateway.where.contentPort};`)
      expect(csp).toContain("frame-ancestors 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    },
  )

  test('no header says what serves', async () => {
    const { headers } = await send(gateway.origin, 'GET /healthz')
    expect([...headers.keys()].filter((name) => ['server', 'x-powered-by'].includes(name))).toEqual([])
  })
})

describe('what is not for you', () => {
  test('answers as if it were not there, byte for byte but the id', async () => {
    const { id } = await make(owner, { name: 'Private' })
    const routes = calls.filter((call) => call.includes('/:id'))
    const bodies: Partial<Record<Call, unknown>> = {
      'PATCH /api/notebooks/:id': { name: 'x' },
      'POST /api/notebooks/:id/versions': { name: 'x' },
      'POST /api/notebooks/:id/drafts': { source: SOURCE },
      'POST /api/notebooks/:id/open': { mode: 'auto', tab: 't_abcdefgh', theme: 'light' },
      'POST /api/notebooks/:id/lease/answer': { give: true },
    }
    const ask = async (who: Client, call: Call, notebook: string) => {
      const { status, body } = await who.call(concrete(call).replace('n_abcdefgh', notebook), bodies[call])
      const { code, message } = body as { code: string; message: string }
      return { status, code, message }
    }
    for (const who of [analyst, outsider]) {
      for (const call of routes) expect([call, await ask(who, call, id)]).toEqual([call, await ask(who, call, 'n_00000000')])
    }
    expect(await ask(analyst, 'GET /api/notebooks/:id', id)).toMatchObject({ status: 404, code: 'not-found' })
  })

  test('an outsider sees nothing and makes nothing', async () => {
    expect((await outsider.call('GET /api/notebooks')).body).toEqual([])
    expect((await outsider.call(COPY, { name: 'Mine' })).status).toBe(404)
  })
})

test('a log line holds no secret and no value', async () => {
  await owner.call(COPY, { name: 'Tell-tale name', source: `${SOURCE}# tell-tale source\n` })
  await owner.call('GET /api/notebooks?search=tell-tale-search')
  const log = gateway.log.join('')
  expect(log).toContain('POST /api/notebooks')
  for (const secret of [owner.bearer, owner.cookie, owner.cookie.split('=')[1] as string, 'ell-tale'])
    expect(log).not.toContain(secret)
})

test('the id of every refusal stands in one line of the log, with its code', async () => {
  const { id } = await make(owner)
  const answers = await Promise.all([
    owner.call(COPY, { more: 1 }),
    owner.call(COPY, { source: 'print(1)' }),
    owner.call('POST /api/sign-in', { account: 'p_nobodyatall' }),
    analyst.call(`GET /api/notebooks/${id}`),
    send(gateway.origin, 'GET /api/notebooks'),
    send(gateway.origin, 'POST /nothing'),
  ])
  const codes = answers.map(({ body }) => (body as { code: string }).code)
  expect(codes).toEqual(['bad-request', 'not-a-notebook', 'wrong-origin', 'not-found', 'signed-out', 'not-found'])
  for (const { body } of answers) {
    const { code, id: quoted } = body as { code: string; id: string }
    expect(gateway.log.filter((line) => line.includes(quoted) && line.includes(`"code":"${code}"`))).toHaveLength(1)
  }
})
