// A notebook previewed as a profile, over HTTP: whose it is to open, which version it runs, what is on record.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Opened } from '#protocol/api.ts'
import type { AuditLine } from '#protocol/managed.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import type { Sight } from '#protocol/sight.ts'
import { type Client, signIn } from '../testing.ts'
import { analyst, clock, code, colleague, create, gateway, kernels, owner, SOURCE, save, shared } from './testing/browser.ts'
import { clear, HIGH, INTERNAL, open, PERSONAL, SAVED } from './testing/labelled.ts'

const AS = { clearance: INTERNAL, groups: ['staff'] }

const store = () => gateway.deps.desk.store
const preview = (who: Client, id: string, profile: object = AS) => open(who, id, { preview: profile })
const opened = async (answer: ReturnType<typeof open>) => (await answer).body as Opened
const sourceIn = ({ kernel }: Opened) => kernels.sources.get(kernel)
const entries = async () => (await store().audit.list({ limit: 50 })).map(({ entry }) => entry)
const previews = async () => (await entries()).filter(({ kind }) => kind === 'preview-opened')

beforeEach(async () => {
  for (const person of ['owner', 'analyst']) await clear(person, PERSONAL)
  await clear('colleague', INTERNAL)
  await store().governance.raise(HIGH, PERSONAL)
})

describe('who may', () => {
  test('whoever may open it, and nobody else: each is answered as when they open it', async () => {
    const [view, mine] = [await shared('Viewed', 'view'), (await create(owner)).id]
    const [auditor, outsider] = [await signIn(gateway, 'demo-auditor'), await signIn(gateway, 'demo-outsider')]
    const answers = async (id: string, over: object) =>
      Promise.all([owner, analyst, colleague, auditor, outsider].map(async (who) => (await open(who, id, over)).status))
    expect(await answers(view, { preview: AS })).toEqual([200, 200, 200, 200, 404])
    expect(await answers(view, { preview: AS })).toEqual(await answers(view, { mode: 'run' }))
    expect(await answers(mine, { preview: AS })).toEqual([200, 404, 404, 403, 404]) // an auditor knows its name
    expect(await answers(mine, { preview: AS })).toEqual(await answers(mine, { mode: 'run' }))
    expect(kernels.list().every(({ spec }) => spec.mode === 'run')).toBe(true)
  })

  test('it is of a profile: a person’s id is not understood', async () => {
    const { id } = await create(owner)
    for (const wrong of [
      { ...AS, person: 'p_demo-colleague' },
      { person: 'p_demo-colleague' },
      { is: 'person', person: 'p_demo-colleague' },
      { ...AS, groups: ['p_demo-colleague'] },
    ])
      expect((await preview(owner, id, wrong)).status).toBe(400)
    expect(kernels.list()).toEqual([])
  })
})

describe('its kernel', () => {
  test('reads, beside the one that edits: it takes no lease and shows no source', async () => {
    const { id } = await create(owner)
    const own = await opened(open(owner, id))
    const shown = await opened(preview(owner, id))
    expect(own).toMatchObject({ mode: 'edit', restricted: false })
    expect(own).not.toHaveProperty('preview')
    expect(shown).toMatchObject({ mode: 'run', source: null, restricted: false, autorun: true, preview: AS })
    expect(kernels.get(shown.kernel)?.spec).toMatchObject({ person: 'p_demo-owner', mode: 'run', preview: AS })
    gateway.deps.desk.leases.release(id, 'p_demo-owner')
    await preview(owner, id)
    expect(gateway.deps.desk.leases.holder(id)).toBeNull()
  })

  test('is found again by the same profile, however it is written, and by nothing else', async () => {
    const { id } = await create(owner)
    const marked = (...markings: string[]) => ({ clearance: { level: 'internal', markings }, groups: ['b', 'a'] })
    const first = await opened(preview(owner, id, marked('EU', 'PERSONAL')))
    const same = { clearance: { level: 'internal', markings: ['PERSONAL', 'EU', 'EU'] }, groups: ['a', 'b'] }
    expect((await opened(preview(owner, id, same))).kernel).toBe(first.kernel)
    const others = [
      await opened(preview(owner, id, marked('EU'))),
      await opened(open(owner, id, { mode: 'run' })),
      await opened(open(owner, id)),
    ]
    expect(new Set([first, ...others].map(({ kernel }) => kernel)).size).toBe(4)
    expect((await opened(open(owner, id, { preview: same, fresh: true }))).kernel).not.toBe(first.kernel)
  })

  test('ends with the right to open the notebook', async () => {
    const id = await shared('Shared', 'view')
    const { kernel } = await opened(preview(analyst, id))
    expect((await owner.call(`DELETE /api/notebooks/${id}/shares`, { with: 'workspace' })).status).toBe(200)
    expect(kernels.get(kernel)?.phase).toMatchObject({ phase: 'exited', cause: 'revoked' })
  })

  test('offers no request to an owner: what it is refused is not its person’s to ask for', async () => {
    const notebook = await shared('Asks', 'edit', `${SOURCE}"closed"\n`)
    const column = { name: 'country', type: 'text', label: LOWEST, description: '' } as const
    const table = { name: 'closed', owner: 'p_demo-owner', description: '', hidden: false, label: LOWEST, columns: [column] }
    await store().governance.addTable(table, 1)
    const asking = async ({ kernel }: Opened) => {
      const state = kernels.get(kernel)
      if (!state) throw new Error('no such kernel')
      const decision = { allowed: false, why: 'ungranted' } as const
      const asker = { person: state.spec.person, notebook, version: null, kernel }
      await store().audit.append({ kind: 'read-decided', ...asker, table: 'closed', decision }, clock.now)
      const { refused } = (await analyst.call(`GET /api/kernels/${kernel}/sight`)).body as Sight
      const { status } = await analyst.call(`POST /api/kernels/${kernel}/requests`, { table: 'closed', words: '' })
      return [refused.map(({ ask }) => ask?.asking.state), status]
    }
    expect(await asking(await opened(preview(analyst, notebook)))).toEqual([[undefined], 404])
    expect(await asking(await opened(open(analyst, notebook, { mode: 'run' })))).toEqual([['none'], 200])
  })
})

describe('the version that it runs', () => {
  let id: string
  beforeEach(async () => {
    id = await shared('Shared', 'view', SOURCE, INTERNAL)
    await save(id, 'owner', SAVED, HIGH)
  })

  test('is that which such a reader would get: the newest below their clearance, or what was released to the workspace', async () => {
    const [high, low] = [{ ...AS, clearance: PERSONAL }, AS]
    expect(sourceIn(await opened(preview(owner, id, high)))).toBe(SAVED)
    const older = await opened(preview(owner, id, low))
    expect(sourceIn(older)).toBe(SOURCE)
    expect(await store().governance.label(older.kernel)).toEqual(INTERNAL)
    const [newest] = await store().versions.list(id)
    if (!newest) return expect.unreachable()
    await store().versions.release(newest, ['p_demo-colleague'], 'p_demo-owner', clock.now)
    expect(sourceIn(await opened(open(owner, id, { preview: low, fresh: true })))).toBe(SOURCE) // a person is no profile
    await store().versions.release(newest, ['workspace'], 'p_demo-owner', clock.now)
    const released = await opened(open(owner, id, { preview: low, fresh: true }))
    expect(sourceIn(released)).toBe(SAVED)
    expect(await store().governance.label(released.kernel)).toEqual(INTERNAL) // as it counts in the hands of such a reader
  })

  test('is never above what the person themselves sees', async () => {
    expect(sourceIn(await opened(preview(colleague, id, { ...AS, clearance: PERSONAL })))).toBe(SOURCE)
  })

  test('where there is none it says so, to who sees one, and starts nothing', async () => {
    const answer = await preview(owner, id, { clearance: LOWEST, groups: [] })
    expect(code(answer)).toBe('preview-above')
    expect(answer.body).toMatchObject({ message: expect.stringContaining('Release one to the whole workspace') })
    await clear('colleague', LOWEST)
    expect(code(await preview(colleague, id, { clearance: LOWEST, groups: [] }))).toBe('version-above')
    expect([kernels.list(), await previews()]).toEqual([[], []])
  })
})

describe('on record', () => {
  test('each kernel once, with its person, notebook and profile, for an auditor to read', async () => {
    const { id } = await create(owner)
    const { kernel } = await opened(preview(owner, id))
    await preview(owner, id)
    expect(await previews()).toEqual([{ kind: 'preview-opened', person: 'p_demo-owner', notebook: id, kernel, profile: AS }])
    const auditor = await signIn(gateway, 'demo-auditor')
    const { lines } = (await auditor.call('GET /api/audit')).body as { lines: AuditLine[] }
    expect(lines.find(({ kind }) => kind === 'preview-opened')).toMatchObject({
      person: { name: 'Owner' },
      text: 'Opened a preview of a notebook as a profile: internal',
      details: ['Groups: staff', `Notebook ${id}`, `Kernel ${kernel}`],
    })
  })

  test('what it asks is a row of a preview, and what it may not ask is refused as one', async () => {
    const { id } = await create(owner)
    const { kernel } = await opened(preview(owner, id))
    const state = kernels.get(kernel)
    if (!state) return expect.unreachable()
    const asks = async (call: string, body: object) =>
      JSON.parse(await gateway.deps.data.library(state, JSON.stringify({ call, body }))) as { error: { code: string } }
    for (const call of ['llm.begin', 'tables.write', 'artefacts.save', 'inference.predict'])
      expect((await asks(call, {})).error.code).toBe('preview')
    const barred = (await entries()).filter((entry) => entry.kind === 'call-barred')
    expect(barred).toHaveLength(4)
    expect(barred.every((entry) => entry.preview === true)).toBe(true)
    const { refused } = (await owner.call(`GET /api/kernels/${kernel}/sight`)).body as Sight
    expect(refused[0]?.text).toContain('A preview only reads')
  })

  test('what cannot be put on record is not started', async () => {
    const { id } = await create(owner)
    const { audit } = store()
    const { append } = audit
    audit.append = async () => {
      throw new Error('the disk is full')
    }
    expect((await preview(owner, id)).status).toBe(500)
    audit.append = append
    expect(kernels.list()).toEqual([])
  })
})
