// Sharing over HTTP: who may, what each edit gives and takes at once, and what stands on record.
import { describe, expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import { SHARES_API, type Shares } from '#protocol/shares.ts'
import { type Client, signIn } from '../testing.ts'
import {
  analyst,
  clock,
  code,
  colleague,
  create,
  events,
  gateway,
  kernels,
  openBody,
  owner,
  SOURCE,
  save,
} from './testing/browser.ts'

const COLLEAGUE = 'p_demo-colleague'
const WRITTEN = SOURCE.replace('return', 'x = 1\n    return x')

type Wish = { with?: readonly string[]; right?: 'view' | 'edit'; expires?: number | null; onto?: number }
const sharesOf = async (id: string, who: Client = analyst) => (await who.call(`GET /api/notebooks/${id}/shares`)).body as Shares
async function share(id: string, { with: to = [COLLEAGUE], right = 'view', expires = null, onto }: Wish = {}, who = analyst) {
  const version = onto ?? (await sharesOf(id)).version
  return who.call(`PUT /api/notebooks/${id}/shares`, { with: to, right, expires, onto: version })
}
const unshare = (id: string, to = COLLEAGUE, who: Client = analyst) =>
  who.call(`DELETE /api/notebooks/${id}/shares`, { with: to })
const open = async (who: Client, id: string, mode = 'auto') => who.call(`POST /api/notebooks/${id}/open`, openBody({ mode }))
const named = async (who: Client) =>
  ((await who.call('GET /api/notebooks')).body as Notebook[]).flatMap(({ name, named }) => (named ? [name] : []))
const ends = () =>
  kernels.list().map(({ spec, phase }) => [spec.person, spec.mode, phase.phase === 'exited' ? phase.cause : phase.phase])
const told = () => events.flatMap(([to, { type }]) => (type === 'notebooks-changed' ? [to] : []))
const rows = async () =>
  (await gateway.deps.desk.store.audit.list({ limit: 9 })).flatMap(({ entry }) =>
    entry.kind.startsWith('notebook-') ? [entry] : [],
  )

describe('who may', () => {
  const ROLES = ['analyst', 'colleague', 'reader', 'owner', 'auditor', 'outsider'] as const // the author, with "edit", with "view", and standings
  const EXPECTED: Record<keyof typeof SHARES_API, Record<(typeof ROLES)[number], number>> = {
    'GET /api/notebooks/:id/shares': { analyst: 200, colleague: 403, reader: 403, owner: 200, auditor: 403, outsider: 404 },
    'PUT /api/notebooks/:id/shares': { analyst: 200, colleague: 403, reader: 403, owner: 403, auditor: 403, outsider: 404 },
    'DELETE /api/notebooks/:id/shares': { analyst: 200, colleague: 403, reader: 403, owner: 200, auditor: 403, outsider: 404 },
    'GET /api/shares': { analyst: 200, colleague: 200, reader: 200, owner: 200, auditor: 200, outsider: 200 }, // below
    'GET /api/notebooks/:id/shares/preflight': {
      analyst: 200,
      colleague: 403,
      reader: 403,
      owner: 403,
      auditor: 403,
      outsider: 404,
    },
  }

  test.each(Object.keys(SHARES_API) as (keyof typeof SHARES_API)[])('%s', async (call) => {
    const { id } = await create(analyst, { name: 'Mine', source: SOURCE })
    const asks = async (who: Client, body?: object) => (await who.call(call.replace(':id', id), body)).status
    const bodies: Partial<Record<keyof typeof SHARES_API, object>> = {
      'PUT /api/notebooks/:id/shares': { with: ['workspace'], right: 'view', expires: null, onto: 2 },
      'DELETE /api/notebooks/:id/shares': { with: 'workspace' },
    }
    const strangers = await Promise.all(
      ['demo-auditor', 'demo-outsider'].map(async (name) => asks(await signIn(gateway, name), bodies[call])),
    )
    await share(id, { right: 'edit' })
    const edits = await asks(colleague, bodies[call])
    await share(id, { right: 'view' })
    const [reads, owns, mine] = [
      await asks(colleague, bodies[call]),
      await asks(owner, bodies[call]),
      await asks(analyst, bodies[call]),
    ]
    const [auditor, outsider] = strangers
    expect({ analyst: mine, colleague: edits, reader: reads, owner: owns, auditor, outsider }).toEqual(EXPECTED[call])
  })

  test('a member whom it is not shared with cannot tell it from one that there is not', async () => {
    const { id } = await create(analyst)
    for (const call of Object.keys(SHARES_API).filter((one) => one.includes(':id'))) {
      const answers = await Promise.all(
        [id, 'n_nothing-there'].map((one) =>
          colleague.call(call.replace(':id', one), call.startsWith('GET') ? undefined : BODIES[call]),
        ),
      )
      expect(answers.map(({ status, body }) => [status, { ...(body as object), id: '' }])).toEqual([ABSENT, ABSENT])
    }
  })
  const ABSENT = [404, { code: 'not-found', message: 'There is nothing here, or not for you.', id: '' }]
  const BODIES: Record<string, object> = {
    'PUT /api/notebooks/:id/shares': { with: ['workspace'], right: 'view', expires: null, onto: 0 },
    'DELETE /api/notebooks/:id/shares': { with: 'workspace' },
  }

  test('the workspace’s owner has all that others share, by name and author; nobody else has anything', async () => {
    const { id } = await create(analyst, { name: 'Mine' })
    await create(analyst, { name: 'Unshared' })
    const own = await create(owner, { name: 'Own' })
    await share(id)
    await share(own.id, { onto: 0 }, owner)
    const all = async (who: Client) => (await who.call('GET /api/shares')).body
    const shares = [{ person: { id: COLLEAGUE, name: 'Colleague' }, right: 'view', expires: null }]
    const author = { id: 'p_demo-analyst', name: 'Analyst' }
    expect(await all(owner)).toEqual([{ notebook: { id, name: 'Mine' }, author, shares }])
    const others = [analyst, colleague, await signIn(gateway, 'demo-auditor'), await signIn(gateway, 'demo-outsider')]
    expect(await Promise.all(others.map(all))).toEqual([[], [], [], []])
  })

  test('the author is told whom it can be shared with, and nobody else is', async () => {
    const { id } = await create(analyst)
    expect((await sharesOf(id)).addable?.map(({ name }) => name)).toEqual(['Owner', 'Colleague', 'Auditor'])
    expect((await sharesOf(id, owner)).addable).toBeNull()
  })

  test('shares stand in the notebook for its author, and for nobody whom it is shared with', async () => {
    const { id } = await create(analyst, { name: 'Mine' })
    await share(id, { expires: clock.now + 5000 })
    const seen = async (who: Client) => (await who.call(`GET /api/notebooks/${id}`)).body as Notebook
    const line = { person: { id: COLLEAGUE, name: 'Colleague' }, right: 'view', expires: clock.now + 5000 }
    expect(await seen(analyst)).toMatchObject({ named: false, shares: [line] })
    expect(await seen(colleague)).toMatchObject({ named: true, shares: null, rights: 'view' })
    clock.now += 5000
    expect(await seen(analyst)).toMatchObject({ shares: [] })
  })
})

describe('sharing', () => {
  test('with a person by name: they have it at once, to read, and it is on record', async () => {
    const { id } = await create(analyst, { name: 'Mine', source: SOURCE })
    events.length = 0
    const answer = await share(id)
    expect(answer).toMatchObject({
      status: 200,
      body: { version: 1, shares: [{ person: { name: 'Colleague' }, right: 'view' }] },
    })
    expect(told()).toEqual([['p_demo-analyst', COLLEAGUE]])
    expect([await named(colleague), await named(owner), await named(analyst)]).toEqual([['Mine'], [], []])
    expect((await open(colleague, id)).body).toMatchObject({ mode: 'run', source: null, notebook: { rights: 'view' } })
    const row = { person: 'p_demo-analyst', notebook: id, author: 'p_demo-analyst', with: COLLEAGUE }
    expect(await rows()).toEqual([{ kind: 'notebook-shared', ...row, right: 'view', expires: null }])
  })

  test('with the whole workspace: in the list of every member, by nobody’s name', async () => {
    const { id } = await create(analyst, { name: 'Mine' })
    await share(id, { with: ['workspace'], right: 'edit' })
    expect((await colleague.call(`GET /api/notebooks/${id}`)).body).toMatchObject({ rights: 'edit', named: false })
    const outsider = await signIn(gateway, 'demo-outsider')
    expect((await outsider.call(`GET /api/notebooks/${id}`)).status).toBe(404)
  })

  test.each([
    ['an outsider', { with: ['p_demo-outsider'] }, 422, 'not-a-member'],
    ['somebody there is not', { with: ['p_nobody-here'] }, 422, 'not-a-member'],
    ['its author', { with: ['p_demo-analyst'] }, 422, 'not-a-member'],
    ['one who may and one who may not', { with: [COLLEAGUE, 'p_demo-outsider'] }, 422, 'not-a-member'],
    ['nobody', { with: [] }, 400, 'bad-request'],
    ['a right to manage', { right: 'manage' as 'edit' }, 400, 'bad-request'],
    ['until a moment that has passed', { expires: 1000 }, 422, 'share-over'],
  ] as const)('with %s is refused, and nothing is shared', async (_, wish, status, why) => {
    const { id } = await create(analyst)
    const answer = await share(id, wish)
    expect([answer.status, code(answer)]).toEqual([status, why])
    expect(await sharesOf(id)).toMatchObject({ shares: [], version: 0 })
  })

  test('from two pages of its author: the second is told, and overwrites nothing', async () => {
    const { id } = await create(analyst)
    expect((await share(id, { onto: 0 })).status).toBe(200)
    const late = await share(id, { right: 'edit', onto: 0 })
    expect([late.status, code(late)]).toEqual([409, 'stale-edit'])
    expect(await sharesOf(id)).toMatchObject({ shares: [{ right: 'view' }], version: 1 })
    expect((await unshare(id)).body).toMatchObject({ shares: [], version: 2 }) // to take away is never late
    expect((await unshare(id)).body).toMatchObject({ shares: [], version: 2 })
  })

  test('what is in the trash is not shared', async () => {
    const { id } = await create(analyst)
    await analyst.call(`DELETE /api/notebooks/${id}`)
    const answer = await analyst.call(`PUT /api/notebooks/${id}/shares`, {
      with: [COLLEAGUE],
      right: 'view',
      expires: null,
      onto: 0,
    })
    expect(code(answer)).toBe('in-trash')
  })
})

describe('what is taken away ends at once', () => {
  test('stop sharing: the kernels that it opened, and no other; what is opened again is not there', async () => {
    const { id } = await create(analyst, { name: 'Mine', source: SOURCE })
    const other = await create(analyst, { name: 'Other', source: SOURCE })
    await share(id, { right: 'edit' })
    await share(other.id)
    await open(colleague, id)
    await open(colleague, id, 'run')
    await open(colleague, other.id)
    await open(analyst, id, 'run')
    events.length = 0
    expect((await unshare(id)).status).toBe(200)
    expect(ends()).toEqual([
      [COLLEAGUE, 'edit', 'revoked'],
      [COLLEAGUE, 'run', 'revoked'],
      [COLLEAGUE, 'run', 'starting'],
      ['p_demo-analyst', 'run', 'starting'],
    ])
    expect(told()).toEqual([['p_demo-analyst', COLLEAGUE]])
    expect(await named(colleague)).toEqual(['Other'])
    const again = [await open(colleague, id), await open(colleague, 'n_nothing-there')]
    expect(again.map(({ status, body }) => [status, { ...(body as object), id: '' }])[0]).toEqual(
      again.map(({ status, body }) => [status, { ...(body as object), id: '' }])[1],
    )
    expect(again[0]?.status).toBe(404)
    expect((await rows())[0]).toMatchObject({ kind: 'notebook-unshared', person: 'p_demo-analyst', with: COLLEAGUE })
  })

  test('the workspace’s owner takes a share back, and is named on record', async () => {
    const { id } = await create(analyst, { source: SOURCE })
    await share(id)
    await open(colleague, id)
    expect((await unshare(id, COLLEAGUE, owner)).status).toBe(200)
    expect(ends()).toEqual([[COLLEAGUE, 'run', 'revoked']])
    expect((await rows())[0]).toMatchObject({ kind: 'notebook-unshared', person: 'p_demo-owner', author: 'p_demo-analyst' })
  })

  test('who still has it with the workspace keeps it', async () => {
    const { id } = await create(analyst, { source: SOURCE })
    await share(id, { with: [COLLEAGUE, 'workspace'] })
    await open(colleague, id)
    await unshare(id)
    expect(ends()).toEqual([[COLLEAGUE, 'run', 'starting']])
  })

  test('from edit to view: the editor loses the lease and the kernel, and keeps what was written as a draft', async () => {
    const { id } = await create(analyst, { name: 'Mine', source: SOURCE })
    await share(id, { right: 'edit' })
    await open(colleague, id)
    await open(colleague, id, 'run')
    const [editing] = kernels.list()
    kernels.happen({ type: 'attached', kernel: editing?.spec.id ?? '', tab: 't_00000001' })
    const editor = async () => ((await analyst.call(`GET /api/notebooks/${id}`)).body as Notebook).editor?.name ?? null
    expect(await editor()).toBe('Colleague')
    events.length = 0
    const demoted = share(id, { right: 'view' })
    await expect.poll(() => events.map(([to, { type }]) => [to, type])).toContainEqual([[COLLEAGUE], 'kernel-ending'])
    expect(await save(id, 'colleague', WRITTEN)).toMatchObject({ type: 'drafted', refusal: { code: 'no-longer-editor' } })
    expect((await demoted).status).toBe(200)
    expect(await editor()).toBeNull()
    expect(await save(id, 'colleague', SOURCE.replace('return', 'x = 2'))).toMatchObject({ type: 'refused' })
    expect(ends()).toEqual([
      [COLLEAGUE, 'edit', 'demoted'],
      [COLLEAGUE, 'run', 'starting'],
    ])
    const [draft] = (await colleague.call(`GET /api/notebooks/${id}/drafts`)).body as { id: string }[]
    expect((await colleague.call(`GET /api/notebooks/${id}/versions/${draft?.id}`)).body).toEqual({ source: WRITTEN })
    const [version] = (await analyst.call(`GET /api/notebooks/${id}/versions`)).body as { id: string }[]
    expect((await colleague.call(`GET /api/notebooks/${id}/versions/${version?.id}`)).status).toBe(403)
    expect((await open(colleague, id)).body).toMatchObject({ mode: 'run' })
  })

  test('a share that runs out, at its moment: told, ended, gone', async () => {
    const { id } = await create(analyst, { name: 'Mine', source: SOURCE })
    await share(id, { expires: clock.now + 10_000 })
    await open(colleague, id)
    events.length = 0
    clock.now += 9_999
    await gateway.beat()
    expect([told(), ends()]).toEqual([[], [[COLLEAGUE, 'run', 'starting']]])
    clock.now += 1
    await gateway.beat()
    expect([told(), ends()]).toEqual([[['p_demo-analyst', COLLEAGUE]], [[COLLEAGUE, 'run', 'revoked']]])
    expect((await open(colleague, id)).status).toBe(404)
  })
})
