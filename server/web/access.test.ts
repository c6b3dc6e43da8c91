// The shell's pages on language models and on the workspace over HTTP: who is answered what, and what an edit needs.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ACCESS_API, type ModelsSeen, type RoutesPage, type WorkspaceCard } from '#protocol/access.ts'
import type { Call } from '#protocol/calls.ts'
import type { AuditLine } from '#protocol/managed.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { RouteRules } from '#protocol/policy/route.ts'
import type { Workspace } from '#protocol/policy/workspace.ts'
import type { Models } from '../seams/models.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const KEY = 'sk-secret'
const INTERNAL: Label = { level: 'internal', markings: [] }
const SECRET: Label = { level: 'secret', markings: ['PII'] }
/** Nobody asks it here. */
const models: Models = {
  ask: () => {
    throw new Error('a model was asked')
  },
}
const SERVED = {
  url: 'https://models.example:8443/v1',
  key: KEY,
  perDay: 1000,
  routes: new Map([
    ['default', { model: 'small', label: INTERNAL, readers: false, tokens: 100 }],
    ['inhouse', { model: 'org/large', label: SECRET, readers: true, tokens: 50 }],
  ]),
  models,
}
const RULES: RouteRules = { model: 'org/large', label: SECRET, open: 'readers', perDay: 200 }
const WORKSPACE: Workspace = {
  label: INTERNAL,
  grants: [{ id: 'makes', to: { who: 'person', person: 'p_demo-analyst' }, right: 'managed-table:write', expires: null }],
}

const ROLES = ['owner', 'analyst', 'colleague', 'auditor', 'outsider'] as const
type Role = (typeof ROLES)[number]
let gateway: TestGateway
let people: Record<Role, Client>

async function start(llm?: typeof SERVED): Promise<void> {
  gateway = await testGateway(llm ? { llm } : {})
  const signed = await Promise.all(ROLES.map(async (role) => [role, await signIn(gateway, `demo-${role}`)] as const))
  people = Object.fromEntries(signed) as Record<Role, Client>
}
beforeEach(() => start(SERVED))
afterEach(() => stopGateway(gateway))

const put = (who: Client, over: Partial<RouteRules> = {}, onto = 0, alias = 'default') =>
  who.call(`PUT /api/llm/routes/${alias}`, { rules: { ...RULES, ...over }, onto, reason: 'a test asks' })
const set = (who: Client, over: Partial<Workspace> = {}, onto = 0) =>
  who.call('PUT /api/workspace', { workspace: { ...WORKSPACE, ...over }, onto, reason: 'a test asks' })
const code = ({ body }: { body: unknown }) => (body as { code?: string }).code
const seen = async (role: Role) => (await people[role].call('GET /api/llm')).body as ModelsSeen
const page = async () => (await people.owner.call('GET /api/llm/routes')).body as RoutesPage

describe('who is answered', () => {
  const bodies: Partial<Record<Call, unknown>> = {
    'PUT /api/llm/routes/:alias': { rules: RULES, onto: 0, reason: 'x' },
    'PUT /api/workspace': { workspace: WORKSPACE, onto: 0, reason: 'x' },
  }
  const owners = { owner: 200, analyst: 404, colleague: 404, auditor: 404, outsider: 404 }
  const EXPECTED: Record<keyof typeof ACCESS_API, Record<Role, number>> = {
    'GET /api/llm': { owner: 200, analyst: 200, colleague: 200, auditor: 200, outsider: 404 },
    'GET /api/llm/routes': owners,
    'PUT /api/llm/routes/:alias': owners,
    'GET /api/workspace': owners,
    'PUT /api/workspace': owners,
  }

  test.each(Object.keys(ACCESS_API) as (keyof typeof ACCESS_API)[])('%s', async (call) => {
    const path = call.replace(':alias', 'default')
    const answers = await Promise.all(
      ROLES.map(async (role) => [role, (await people[role].call(path, bodies[call])).status] as const),
    )
    expect(Object.fromEntries(answers)).toEqual(EXPECTED[call])
  })

  test('who may not edit is answered alike for what there is and what there is not, and nothing is changed', async () => {
    const said = async (alias: string) => ({ ...((await put(people.analyst, {}, 0, alias)).body as object), id: '' })
    expect(await said('default')).toEqual(await said('nowhere'))
    await set(people.analyst)
    expect((await page()).routes.map(({ version }) => version)).toEqual([0, 0])
    expect(((await people.owner.call('GET /api/workspace')).body as WorkspaceCard).version).toBe(0)
  })
})

describe('language models', () => {
  test('as the operator set them up, until somebody says something else; no key and no address is told', async () => {
    const asked = await people.owner.call('GET /api/llm/routes')
    expect(asked.body).toEqual({
      endpoint: 'models.example:8443',
      models: ['small', 'org/large'],
      perDay: 1000,
      routes: [
        {
          alias: 'default',
          rules: { model: 'small', label: INTERNAL, open: 'editors', perDay: null },
          tokens: 100,
          missing: false,
          version: 0,
          changed: null,
        },
        {
          alias: 'inhouse',
          rules: { model: 'org/large', label: SECRET, open: 'readers', perDay: null },
          tokens: 50,
          missing: false,
          version: 0,
          changed: null,
        },
      ],
    })
    for (const never of [KEY, '/v1']) expect(JSON.stringify(asked.body)).not.toContain(never)
  })

  test('an edit is a version with who, when and why, is on record, and is seen by others as it applies to them', async () => {
    expect(await put(people.owner)).toMatchObject({ status: 200, body: { version: 1 } })
    expect((await page()).routes[0]).toMatchObject({
      rules: RULES,
      version: 1,
      changed: { by: { name: 'Owner' }, reason: 'a test asks' },
    })
    const { lines } = (await people.auditor.call('GET /api/audit')).body as { lines: AuditLine[] }
    expect(lines[0]).toMatchObject({
      kind: 'route-changed',
      text: 'Changed the rules of the model default',
      details: ['Version 1', 'Reason: a test asks'],
    })
    const mine = { alias: 'default', label: SECRET, open: 'readers', tokens: 100, left: 200 }
    const other = { alias: 'inhouse', label: SECRET, open: 'readers', tokens: 50, left: 1000 }
    expect(await seen('colleague')).toEqual({ models: [mine, other], left: 1000, perDay: 1000 })
    const day = new Date().toISOString().slice(0, 10)
    const use = { kernel: 'k_00000001', id: 'an-answer', person: 'p_demo-colleague', day, model: 'default', tokens: 150 }
    await gateway.deps.desk.store.allowance.reserve(use, 1000, null)
    expect(await seen('colleague')).toMatchObject({ models: [{ left: 50 }, { left: 850 }], left: 850 })
    expect(await seen('analyst')).toMatchObject({ models: [{ left: 200 }, { left: 1000 }], left: 1000 })
    await put(people.owner, { open: 'nobody' }, 1)
    expect((await seen('colleague')).models.map(({ alias }) => alias)).toEqual(['inhouse'])
  })

  test('made from another version than the newest is refused, and nothing is lost', async () => {
    await put(people.owner)
    const late = await put(people.owner, { open: 'nobody' })
    expect([late.status, code(late)]).toEqual([409, 'stale-edit'])
    expect((await page()).routes[0]).toMatchObject({ rules: RULES, version: 1 })
  })

  test('an owner chooses among what the operator set up: no other model, no alias, no address', async () => {
    for (const model of ['other', 'https://elsewhere.example/v1', 'Small']) {
      const refused = await put(people.owner, { model })
      expect([refused.status, code(refused)]).toEqual([422, 'no-such-model'])
    }
    expect((await put(people.owner, {}, 0, 'mine')).status).toBe(404)
    expect((await put(people.owner, {}, 0, 'a%2Fb')).status).toBe(404)
    for (const more of [{ url: 'https://elsewhere.example' }, { key: 'sk-mine' }, { tokens: 5000 }])
      expect((await put(people.owner, more as object)).status).toBe(400)
    for (const less of [{ perDay: -1 }, { open: 'everybody' }, { label: { level: 'top', markings: [] } }])
      expect((await put(people.owner, less as object)).status).toBe(400)
    const rules = { rules: RULES, onto: 0 }
    for (const body of [rules, { ...rules, reason: '' }])
      expect((await people.owner.call('PUT /api/llm/routes/default', body)).status).toBe(400)
    expect((await page()).routes.map(({ version }) => version)).toEqual([0, 0])
  })

  test('none is set up: a page that says so, and nothing to edit', async () => {
    await stopGateway(gateway)
    await start()
    expect(await page()).toEqual({ endpoint: null, models: [], perDay: 0, routes: [] })
    expect(await seen('analyst')).toEqual({ models: [], left: 0, perDay: 0 })
    expect((await put(people.owner)).status).toBe(404)
  })
})

describe('the workspace', () => {
  test('its label and who may make tables: an edit is a version with who, when and why, and is on record', async () => {
    const { owner, auditor } = people
    expect((await owner.call('GET /api/workspace')).body).toEqual({
      workspace: { label: LOWEST, grants: [] },
      version: 0,
      changed: null,
    })
    expect(await set(owner)).toMatchObject({ status: 200, body: { version: 1 } })
    expect((await owner.call('GET /api/workspace')).body).toMatchObject({
      workspace: WORKSPACE,
      version: 1,
      changed: { by: { name: 'Owner' }, reason: 'a test asks' },
    })
    const late = await set(owner, { grants: [] })
    expect([late.status, code(late)]).toEqual([409, 'stale-edit'])
    const { lines } = (await auditor.call('GET /api/audit')).body as { lines: AuditLine[] }
    expect(lines[0]).toMatchObject({ kind: 'workspace-changed', details: ['Version 1', 'Reason: a test asks'] })
  })

  test('an edit needs a reason, and grants of the right that there is', async () => {
    const { owner } = people
    expect((await owner.call('PUT /api/workspace', { workspace: WORKSPACE, onto: 0, reason: '' })).status).toBe(400)
    const [grant] = WORKSPACE.grants
    for (const wrong of [{ right: 'managed-table:read' }, { rows: null }, { to: { who: 'person', person: 'x' } }])
      expect((await set(owner, { grants: [{ ...grant, ...wrong }] as Workspace['grants'] })).status).toBe(400)
    expect(((await owner.call('GET /api/workspace')).body as WorkspaceCard).version).toBe(0)
  })
})
