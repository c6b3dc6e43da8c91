// What is no route and starts no kernel: no call answers without a person but those that name nobody, and nothing but a person's
// opening runs a notebook. There is no clock, hook or key that could.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CALLS, type Call } from '#protocol/calls.ts'
import { stopGateway, testGateway } from '../testing.ts'

const SERVER = join(import.meta.dirname, '..')
const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.(test|contract)\.ts$|(^|\/)testing(\/|\.ts$)/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SERVER, name), 'utf8') }))
const having = (pattern: RegExp) => files.flatMap(({ name, text }) => (pattern.test(text) ? [name] : [])).sort()

test('who is nobody yet may ask for these, and for nothing else', () => {
  const open = (Object.keys(CALLS) as Call[]).filter((call) => CALLS[call].who !== 'person')
  expect(open.map((call) => `${CALLS[call].who}: ${call}`).sort()).toEqual([
    'anyone: GET /api/accounts',
    'anyone: GET /api/config',
    'anyone: GET /healthz',
    'anyone: POST /api/sign-in',
    'cookie: POST /api/bearer',
  ])
})

test('what is served is the table of calls, and figures for this machine', async () => {
  const gateway = await testGateway()
  const served = new Set<string>()
  for (const call of Object.keys(CALLS)) {
    const [method, url] = call.split(' ') as ['GET', string]
    expect(gateway.app.hasRoute({ method, url }), call).toBe(true)
    served.add(call)
  }
  const lines = gateway.app.printRoutes({ commonPrefix: false }).split('\n')
  const methods = lines.flatMap((line) => /\(([A-Z, ]+)\)\s*$/.exec(line)?.[1]?.split(', ') ?? []).filter((one) => one !== 'HEAD')
  expect(methods).toHaveLength(served.size + 1) // and /metrics, which has a test of its own
  expect(gateway.app.hasRoute({ method: 'GET', url: '/metrics' })).toBe(true)
  await stopGateway(gateway)
})

test('a kernel is started by a person’s opening, and by nothing else', () => {
  expect(having(/\bkernels\.start\(/)).toEqual(['kernels/open.ts'])
  expect(having(/\.call\('\/start'/)).toEqual(['kernels/runner.ts'])
  expect(having(/from '[./a-z]*kernels\/open\.ts'/)).toEqual(['web/handlers/kernels.ts'])
  const { text = '' } = files.find(({ name }) => name === 'web/handlers/kernels.ts') ?? {}
  expect(text.split('\n').filter((line) => /(?<![.\w])open\(/.test(line))).toEqual([
    "  'POST /api/notebooks/:id/open': ({ who, params, body }) => open(deps, who, params.id, body),",
  ])
})
