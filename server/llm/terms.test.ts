import { expect, test } from 'vitest'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Route } from './routes.ts'
import { inForce, makeTerms, offered } from './terms.ts'

const SMALL: Route = { model: 'small', label: { level: 'internal', markings: [] }, readers: false, tokens: 1024 }
const OPEN: Route = { ...SMALL, readers: true, tokens: 256 }
const LARGE: Route = { ...SMALL, model: 'org/large', label: { level: 'confidential', markings: ['PII'] } }
const ROUTES = new Map([
  ['default', SMALL],
  ['open', OPEN],
  ['inhouse', LARGE],
])
const said: RouteRules = { model: 'org/large', label: { level: 'secret', markings: [] }, open: 'readers', perDay: 500 }
const version = (value: RouteRules) => ({ version: 1, by: 'p_00000001', at: 1, reason: 'as asked', value })

test('of what nobody has said anything the configuration holds; an owner’s words take its place, but for the tokens of one answer', () => {
  const asSetUp = { model: 'small', label: SMALL.label, perDay: null, missing: false }
  expect(inForce(ROUTES, SMALL, null)).toEqual({ ...asSetUp, open: 'editors', tokens: 1024 })
  expect(inForce(ROUTES, OPEN, null)).toEqual({ ...asSetUp, open: 'readers', tokens: 256 })
  expect(inForce(ROUTES, SMALL, said)).toEqual({ ...said, tokens: 1024, missing: false })
})

test('what may stand behind an alias is what is set up, each once; what is not set up any more is missing', () => {
  expect(offered(ROUTES)).toEqual(['small', 'org/large'])
  const without = new Map([['default', SMALL]])
  expect(inForce(without, SMALL, said)).toMatchObject({ model: 'org/large', missing: true })
})

test('each look is at what is said now; a name that is not set up is none, whatever was said of it', async () => {
  const all = new Map([['gone', version(said)]])
  const terms = makeTerms({ routes: ROUTES, perDay: 10 }, { route: async (alias) => all.get(alias) ?? null })
  expect(await terms.route('gone')).toBeUndefined()
  expect(await terms.route('default')).toMatchObject({ model: 'small' })
  all.set('default', version(said))
  expect(await terms.route('default')).toMatchObject({ model: 'org/large', open: 'readers' })
  expect([...(await terms.all()).keys()]).toEqual(['default', 'open', 'inhouse'])
  expect((await terms.all()).get('default')).toEqual(await terms.route('default'))
})
