// The page of artefacts over real HTTP, SQLite and files.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ArtefactCard } from '#protocol/artefacts.ts'
import { ARTEFACT } from '#protocol/limits.ts'
import type { Label } from '#protocol/policy/label.ts'
import { PEOPLE, policyOf, tableOf, WORKSPACE } from '../data/demo.ts'
import type { NewArtefact } from '../seams/artefacts.ts'
import { type Answer, type Client, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }
const EDIT = { by: 'p_demo-owner', at: 1000, reason: 'a test' }
const WORKSPACES = [{ who: 'workspace' }] as const

let gateway: TestGateway
let owner: Client
let analyst: Client
let colleague: Client
beforeEach(async () => {
  gateway = await testGateway()
  const { governance } = gateway.deps.desk.store
  const flights = tableOf('flights', [['carrier', 'text']])
  if (flights === null) throw new Error('one of the demo')
  await governance.addTable(flights, 1)
  await governance.setPolicy('flights', policyOf('flights'), EDIT)
  await governance.addTable({ ...flights, name: 'hidden', hidden: true }, 1)
  for (const [person, standing] of Object.entries(PEOPLE)) await governance.setSubject(person, standing, EDIT)
  await governance.setWorkspace(WORKSPACE, EDIT)
  owner = await signIn(gateway, 'demo-owner')
  analyst = await signIn(gateway, 'demo-analyst')
  colleague = await signIn(gateway, 'demo-colleague')
})
afterEach(() => stopGateway(gateway))

const digestOf = (body: string) => createHash('sha256').update(body).digest('hex')
const fileOf = (id: string) => join(gateway.home, 'artefacts', id)
let made = 0
/** As the data plane and a save leave one. */
async function save(over: Partial<NewArtefact> = {}, body = 'hello'): Promise<string> {
  made += 1
  const id = `a_${String(made).padStart(8, '0')}`
  mkdirSync(join(gateway.home, 'artefacts'), { recursive: true })
  writeFileSync(fileOf(id), body)
  const inputs = {
    tables: [
      { table: 'flights', policy: 1, label: INTERNAL },
      { table: 'hidden', policy: 0, label: INTERNAL },
    ],
    library: null,
  }
  const whose = {
    kernel: 'k_00000001',
    save: `s_${String(made).padStart(20, '0')}`,
    notebook: 'n_00000001',
    maker: 'p_demo-analyst',
  }
  const what = {
    name: 'delays',
    kind: 'table',
    bytes: body.length,
    digest: digestOf(body),
    label: INTERNAL,
    inputs,
    at: made,
  } as const
  const artefact = { id, ...whose, ...what, ...over }
  expect(await gateway.deps.desk.store.artefacts.add(artefact)).toBe('added')
  return id
}
const listed = async (who: Client) => (await who.call('GET /api/artefacts')).body as ArtefactCard[]
const ids = async (who: Client) => (await listed(who)).map(({ id }) => id)
const content = (who: Client, id: string) => who.call(`GET /api/artefacts/${id}/content`)
const change = async (who: Client, id: string, what: 'release' | 'label', body: object) => {
  const answer = await who.call(`PUT /api/artefacts/${id}/${what}`, { onto: 1, reason: 'as asked', ...body })
  return [answer.status, said(answer)]
}
const said = ({ body }: Answer) => (body as { code?: string; version?: number }).code ?? (body as { version?: number }).version
const remove = async (who: Client, id: string) => (await who.call(`DELETE /api/artefacts/${id}`, {})).status
const record = async () => (await gateway.deps.desk.store.audit.list({ limit: 3 })).map(({ entry }) => entry)

describe('an artefact', () => {
  test('is its maker’s alone, with its label, inputs and what they may do', async () => {
    const id = await save()
    const card: ArtefactCard = {
      id,
      name: 'delays',
      kind: 'table',
      bytes: 5,
      label: INTERNAL,
      maker: { id: 'p_demo-analyst', name: 'Analyst' },
      notebook: 'n_00000001',
      at: made,
      inputs: [{ table: 'flights', policy: 1, label: INTERNAL, changed: false }],
      unnamed: 1,
      library: null,
      released: [],
      version: 1,
      may: { release: true, raise: true, lower: false, remove: true },
    }
    expect(await listed(analyst)).toEqual([card])
    for (const who of [owner, colleague, await signIn(gateway, 'demo-auditor'), await signIn(gateway, 'demo-outsider')]) {
      expect(await ids(who)).toEqual([])
      for (const answer of [await content(who, id), await content(who, 'a_nothing00')])
        expect([answer.status, said(answer)]).toEqual([404, 'not-found'])
      expect(await change(who, id, 'release', { to: WORKSPACES })).toEqual([404, 'not-found'])
      expect(await change(who, id, 'label', { label: INTERNAL })).toEqual([404, 'not-found'])
      expect(await remove(who, id)).toBe(404)
    }
  })

  test('says which policies of its inputs have changed since', async () => {
    await save()
    await gateway.deps.desk.store.governance.setPolicy('flights', policyOf('flights'), EDIT)
    expect((await listed(analyst)).map(({ inputs }) => inputs)).toEqual([
      [{ table: 'flights', policy: 1, label: INTERNAL, changed: true }],
    ])
  })

  test('released, is opened by those with the clearance, on record, and by nobody else', async () => {
    const [open, personal] = [await save(), await save({ label: PERSONAL })]
    for (const id of [open, personal]) expect(await change(analyst, id, 'release', { to: WORKSPACES })).toEqual([200, 2])
    expect(await ids(colleague)).toEqual([open])
    expect(await ids(owner)).toEqual([personal, open])
    expect((await content(colleague, personal)).status).toBe(404)
    expect((await content(colleague, open)).body).toBe('hello')
    expect((await record())[0]).toEqual({ kind: 'artefact-opened', person: 'p_demo-colleague', artefact: open, label: INTERNAL })
    const [seen] = await listed(colleague)
    expect(seen).toMatchObject({ released: null, may: { release: false, raise: false, lower: false, remove: false } })
    expect(await change(colleague, open, 'release', { to: [], onto: 2 })).toEqual([403, 'not-your-artefact'])
    expect(await change(analyst, open, 'release', { to: [], onto: 2 })).toEqual([200, 3])
    expect(await ids(colleague)).toEqual([])
  })

  test('is lowered by who has a grant to declassify and sees it, with a reason and on record', async () => {
    const id = await save({ label: PERSONAL })
    expect(await change(analyst, id, 'label', { label: INTERNAL })).toEqual([403, 'not-declassifier'])
    expect(await change(owner, id, 'label', { label: INTERNAL })).toEqual([404, 'not-found'])
    await change(analyst, id, 'release', { to: [{ who: 'person', person: 'p_demo-owner' }] })
    expect(await change(owner, id, 'label', { label: INTERNAL, onto: 2, reason: '' })).toEqual([400, 'bad-request'])
    expect(await change(owner, id, 'label', { label: INTERNAL })).toEqual([409, 'stale-edit'])
    expect(await change(owner, id, 'label', { label: { level: 'public', markings: [] }, onto: 2 })).toEqual([403, 'label-below'])
    expect(await change(owner, id, 'label', { label: INTERNAL, onto: 2 })).toEqual([200, 3])
    expect((await record())[0]).toEqual({
      kind: 'artefact-relabelled',
      person: 'p_demo-owner',
      artefact: id,
      version: 3,
      reason: 'as asked',
      before: PERSONAL,
      label: INTERNAL,
    })
    expect(await change(analyst, id, 'label', { label: { level: 'secret', markings: [] }, onto: 3 })).toEqual([
      403,
      'label-above',
    ])
  })

  test('is removed, with its file, by its maker, and by the owner who sees it', async () => {
    const [own, shared] = [await save(), await save({ name: 'shared' })]
    await change(analyst, shared, 'release', { to: WORKSPACES })
    expect(await remove(colleague, shared)).toBe(403)
    expect(await remove(owner, own)).toBe(404)
    expect([await remove(analyst, own), await remove(owner, shared)]).toEqual([200, 200])
    expect([existsSync(fileOf(own)), existsSync(fileOf(shared))]).toEqual([false, false])
    expect((await record())[0]).toEqual({ kind: 'artefact-removed', person: 'p_demo-owner', artefact: shared })
    expect(await remove(owner, shared)).toBe(404)
  })

  test('that is removed leaves its room to others', async () => {
    const full = { bytes: ARTEFACT.stored }
    const id = await save(full)
    const small = { kernel: 'k_00000002', notebook: 'n_00000001', maker: 'p_demo-analyst', name: 'more', kind: 'file' } as const
    const inputs = { tables: [], library: null }
    const other = {
      ...small,
      id: 'a_another00',
      save: 's_another0000000000000',
      bytes: 1,
      digest: digestOf('x'),
      label: INTERNAL,
      inputs,
      at: 1,
    } as const
    const { artefacts } = gateway.deps.desk.store
    expect(await artefacts.add(other)).toBe('person-full')
    expect(await remove(analyst, id)).toBe(200)
    expect(await artefacts.add(other)).toBe('added')
  })

  test('whose maker lost the clearance is closed to them: without its name, only to be removed', async () => {
    const [id, open] = [await save({ label: PERSONAL }), await save({ name: 'open' })]
    const closed = async (who: Client) => (await who.call('GET /api/artefacts/closed')).body
    expect(await closed(analyst)).toEqual([])
    const lost = { clearance: INTERNAL, groups: [], attributes: {} }
    await gateway.deps.desk.store.governance.setSubject('p_demo-analyst', lost, EDIT)
    expect(await ids(analyst)).toEqual([open])
    expect(await closed(analyst)).toEqual([{ id, kind: 'table', bytes: 5, at: made - 1 }])
    expect(await closed(owner)).toEqual([])
    expect((await content(analyst, id)).status).toBe(404)
    for (const [what, body] of [
      ['release', { to: WORKSPACES }],
      ['label', { label: INTERNAL }],
    ] as const)
      expect(await change(analyst, id, what, body)).toEqual([404, 'not-found'])
    expect([await remove(owner, id), await remove(analyst, id)]).toEqual([404, 200])
    expect([await closed(analyst), existsSync(fileOf(id))]).toEqual([[], false])
    expect((await record())[0]).toEqual({ kind: 'artefact-removed', person: 'p_demo-analyst', artefact: id })
  })
})

test('tables that kernels made are there for who may read them, with their inputs', async () => {
  const { governance, made: store } = gateway.deps.desk.store
  const flights = tableOf('flights', [['carrier', 'text']])
  if (flights === null) throw new Error('one of the demo')
  const whose = { kernel: 'k_00000001', notebook: 'n_00000001', maker: 'p_demo-analyst' } as const
  const inputs = { tables: [{ table: 'hidden', policy: 0, label: INTERNAL }], library: INTERNAL }
  for (const table of ['flights', 'hidden', 'nothing']) await store.made({ ...whose, table, inputs, at: 1 })
  const tables = async (who: Client) => (await who.call('GET /api/artefacts/tables')).body
  const maker = { id: 'p_demo-analyst', name: 'Analyst' }
  const card = {
    table: 'flights',
    label: INTERNAL,
    maker,
    notebook: 'n_00000001',
    at: 1,
    inputs: [],
    unnamed: 1,
    library: INTERNAL,
  }
  expect(await tables(analyst)).toEqual([card])
  expect(await tables(await signIn(gateway, 'demo-auditor'))).toEqual([])
  await governance.setPolicy('flights', { grants: [], rows: [], masks: [] }, EDIT)
  expect(await tables(analyst)).toEqual([])
})

describe('its bytes', () => {
  test.each([
    ['table', 'delays', 'application/octet-stream', 'delays.parquet'],
    ['picture', 'delays', 'image/png', 'delays.png'],
    ['picture', 'Delays.PNG', 'image/png', 'Delays.PNG'],
    ['chart', 'delays', 'application/octet-stream', 'delays.json'],
    ['file', 'page.html', 'application/octet-stream', 'page.html'],
    ['file', 'é "x"; filename=y.html', 'application/octet-stream', 'é "x"; filename=y.html'],
  ] as const)('of a %s called %s are an attachment of type %s', async (kind, name, type, called) => {
    const { headers, status, body } = await content(analyst, await save({ kind, name }, '<script>alert(1)</script>'))
    expect([status, body]).toEqual([200, '<script>alert(1)</script>'])
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''${encodeURIComponent(called)}`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-length')).toBe('25')
  })

  test('of nothing are nothing', async () => {
    const { status, body } = await content(analyst, await save({ kind: 'file' }, ''))
    expect([status, body]).toEqual([200, ''])
  })

  test('that are not those that were saved, or gone, are not given, and nothing is on record', async () => {
    const [changed, gone] = [await save(), await save({ name: 'gone' })]
    writeFileSync(fileOf(changed), 'hullo')
    await gateway.deps.data.sweep()
    expect([existsSync(fileOf(changed)), existsSync(fileOf(gone))]).toEqual([true, true])
    rmSync(fileOf(gone))
    for (const id of [changed, gone]) {
      const answer = await content(analyst, id)
      expect([answer.status, said(answer)]).toEqual([500, 'artefact-lost'])
    }
    expect((await record()).map(({ kind }) => kind)).not.toContain('artefact-opened')
  })

  test('are given to nobody where it cannot be written down', async () => {
    const id = await save()
    const { audit } = gateway.deps.desk.store
    const append = audit.append
    Object.assign(audit, { append: () => Promise.reject(new Error('the disk is full')) })
    const answer = await content(analyst, id)
    Object.assign(audit, { append })
    expect([answer.status, said(answer)]).toEqual([500, 'internal'])
  })

  test('need a bearer: the cookie is none', async () => {
    const id = await save()
    const answer = await fetch(`${gateway.origin}/api/artefacts/${id}/content`, { headers: { cookie: analyst.cookie } })
    expect(answer.status).toBe(401)
  })
})
