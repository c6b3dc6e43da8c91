// Versions of source carry the label of the kernel that wrote them: who follows every save, and what others get.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Notebook, Opened } from '#protocol/api.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import type { Releasable } from '#protocol/releases.ts'
import type { Client } from '../testing.ts'
import {
  analyst,
  clock,
  code,
  colleague,
  create,
  events,
  gateway,
  kernels,
  names,
  owner,
  SOURCE,
  save,
  shared,
  sourceOf,
} from './testing/browser.ts'
import { clear, edit, governance, HIGH, INTERNAL, open, PERSONAL, SAVED } from './testing/labelled.ts'

const workspaceIs = (label: Label) => governance().setWorkspace({ label, grants: [] }, edit())
const listed = async (who: Client, id: string) =>
  ((await who.call('GET /api/notebooks')).body as Notebook[]).find((notebook) => notebook.id === id)
const stored = (id: string) => gateway.deps.desk.store.versions.list(id)
const labelsOf = async (id: string) => (await stored(id)).map(({ label }) => label)

beforeEach(async () => {
  await clear('owner', PERSONAL)
  await clear('analyst', PERSONAL)
  await clear('colleague', INTERNAL)
  await governance().raise(HIGH, PERSONAL)
})

describe('what a version counts as', () => {
  test('a save: the workspace and all that its kernel had read; a rise begins a version, and nothing is joined across', async () => {
    const { id } = await create(owner)
    await save(id, 'owner', `${SOURCE}# 1\n`)
    await save(id, 'owner', `${SOURCE}# 2\n`)
    expect(await labelsOf(id)).toEqual([LOWEST, LOWEST])
    await save(id, 'owner', SAVED, HIGH)
    await save(id, 'owner', `${SAVED}# 3\n`, HIGH)
    await workspaceIs({ level: 'public', markings: ['EU'] })
    await clear('owner', { ...PERSONAL, markings: ['EU', 'PERSONAL'] })
    await save(id, 'owner', `${SAVED}# 4\n`, HIGH)
    expect(await labelsOf(id)).toEqual([{ ...PERSONAL, markings: ['EU', 'PERSONAL'] }, PERSONAL, LOWEST, LOWEST])
  })

  test('a save of a kernel that has read nothing does not lower what it goes on from', async () => {
    const { id } = await create(owner)
    await save(id, 'owner', SAVED, HIGH)
    await save(id, 'owner', `${SAVED}# more\n`)
    expect(await labelsOf(id)).toEqual([PERSONAL, LOWEST])
  })

  test('a kernel counts with the version that it is started with, before it is, and ends when its person may not hold that', async () => {
    const { id } = await create(owner)
    await save(id, 'owner', SAVED, HIGH)
    const { kernel } = (await open(owner, id)).body as Opened
    expect(await governance().label(kernel)).toEqual(PERSONAL)
    const sight = (await owner.call(`GET /api/kernels/${kernel}/sight`)).body
    expect(sight).toMatchObject({ label: PERSONAL, raised: [{ of: 'source', label: PERSONAL }] })
    await gateway.deps.data.recheck()
    expect(kernels.get(kernel)?.phase.phase).not.toBe('exited')
    await clear('owner', INTERNAL)
    await gateway.beat()
    expect(kernels.get(kernel)?.phase.phase).toBe('exited')
    expect(await governance().label(kernel)).toEqual(LOWEST)
  })

  test('its page is told as it rises, once each time, and when the workspace counts higher', async () => {
    const { id } = await create(owner)
    const { kernel, label } = (await open(owner, id)).body as Opened
    expect(label).toEqual(LOWEST)
    const state = () => kernels.get(kernel) ?? expect.fail('no kernel')
    const told = () => events.flatMap(([to, event]) => (event.type === 'label' ? [[to, event.kernel, event.label]] : []))
    const ask = () => gateway.deps.data.library(state(), JSON.stringify({ call: 'tables.list', body: {} }))
    await governance().raise(kernel, INTERNAL)
    await ask()
    await ask()
    expect(told()).toEqual([[['p_demo-owner'], kernel, INTERNAL]])
    expect((await owner.call('GET /api/kernels')).body).toMatchObject([{ kernel, label: INTERNAL }])
    await workspaceIs({ level: 'public', markings: ['EU'] })
    await gateway.deps.data.recheck()
    expect(told().slice(1)).toEqual([[['p_demo-owner'], kernel, { ...INTERNAL, markings: ['EU'] }]])
    expect((await open(owner, id)).body).toMatchObject({ kernel, label: { ...INTERNAL, markings: ['EU'] } })
  })

  test('a new notebook and an import count as the workspace; who is not cleared for that makes none', async () => {
    await workspaceIs(INTERNAL)
    const { id } = await create(colleague, { name: 'Mine', source: SOURCE })
    expect(await labelsOf(id)).toEqual([INTERNAL])
    await clear('colleague', LOWEST)
    expect(code(await colleague.call('POST /api/notebooks', {}))).toBe('workspace-above')
    expect(await listed(colleague, id)).toMatchObject({ sees: 'none', bytes: 0, cells: null })
  })

  test('a duplicate counts as what it copies', async () => {
    const id = await shared()
    await save(id, 'owner', SAVED, HIGH)
    const copy = (await analyst.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect(await labelsOf(copy.id)).toEqual([PERSONAL])
    expect(await sourceOf(analyst, copy.id)).toBe(SAVED)
  })

  test('what is restored counts as it did', async () => {
    const id = await shared()
    const [first] = await stored(id)
    await save(id, 'owner', SAVED, HIGH)
    await owner.call(`POST /api/notebooks/${id}/versions/${first?.id}/restore`)
    expect(await labelsOf(id)).toEqual([LOWEST, PERSONAL, LOWEST])
    expect(await sourceOf(colleague, id)).toBe(SOURCE)
  })

  test('a draft counts as its kernel; without one, as all that its person was ever cleared for', async () => {
    const id = await shared()
    gateway.deps.desk.leases.sign(id, 'p_demo-analyst')
    expect(await save(id, 'owner', SAVED, HIGH)).toMatchObject({ type: 'drafted' })
    const drafts = () => gateway.deps.desk.store.drafts.list(id, 'p_demo-owner')
    expect((await drafts()).map(({ label }) => label)).toEqual([PERSONAL])
    clock.now++
    await clear('owner', INTERNAL)
    await owner.call(`POST /api/notebooks/${id}/drafts`, { source: `${SOURCE}# typed\n` })
    expect((await drafts()).map(({ label }) => label)).toEqual([PERSONAL, PERSONAL])
    const [typed] = await drafts()
    expect(code(await owner.call(`GET /api/notebooks/${id}/versions/${typed?.id}`))).toBe('not-found')
    await clear('owner', PERSONAL)
    gateway.deps.desk.leases.release(id, 'p_demo-analyst')
    expect((await owner.call(`POST /api/notebooks/${id}/versions/${typed?.id}/restore`)).status).toBe(200)
    expect(await labelsOf(id)).toEqual([PERSONAL, LOWEST])
  })

  test('a draft of a living kernel’s page counts as that kernel', async () => {
    const id = await shared()
    const { kernel } = (await open(owner, id)).body as Opened
    await governance().raise(kernel, INTERNAL)
    await owner.call(`POST /api/notebooks/${id}/drafts`, { source: `${SOURCE}# typed\n` })
    const [draft] = await gateway.deps.desk.store.drafts.list(id, 'p_demo-owner')
    expect(draft?.label).toEqual(INTERNAL)
  })
})

describe('who gets which version', () => {
  test('at or above its label: every save, and the editing', async () => {
    const id = await shared()
    await save(id, 'owner', SAVED, HIGH)
    gateway.deps.desk.leases.release(id, 'p_demo-owner')
    expect(await sourceOf(analyst, id)).toBe(SAVED)
    expect(await listed(analyst, id)).toMatchObject({ sees: 'newest', bytes: Buffer.byteLength(SAVED) })
    expect((await open(analyst, id)).body).toMatchObject({ mode: 'edit' })
  })

  test('below it: the newest of theirs, whatever they ask, and no fact of what is above', async () => {
    const id = await shared()
    const before = await listed(colleague, id)
    clock.now += 1000
    await shared('Between')
    clock.now += 1000
    const { version } = (await save(id, 'owner', SAVED, HIGH)) as { version: string }
    gateway.deps.desk.leases.release(id, 'p_demo-owner')
    expect(await listed(colleague, id)).toEqual({ ...before, sees: 'older' })
    expect((await colleague.call(`GET /api/notebooks/${id}`)).body).toEqual({ ...before, sees: 'older' })
    expect([await names(colleague), await names(analyst)]).toEqual([
      ['Between', 'Shared'],
      ['Shared', 'Between'],
    ])
    expect(await sourceOf(colleague, id)).toBe(SOURCE)
    const versions = (await colleague.call(`GET /api/notebooks/${id}/versions`)).body as { id: string }[]
    expect(versions.map((one) => one.id)).toEqual((await stored(id)).slice(1).map((one) => one.id))
    expect(code(await colleague.call(`GET /api/notebooks/${id}/versions/${version}`))).toBe('not-found')
    expect(code(await colleague.call(`POST /api/notebooks/${id}/versions/${version}/restore`))).toBe('newest-above')
    const copy = (await colleague.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect(copy).toMatchObject({ sees: 'newest', bytes: Buffer.byteLength(SOURCE), cells: 1 })
    expect(await sourceOf(colleague, copy.id)).toBe(SOURCE)
    expect(events.filter(([to, { type }]) => type === 'saved' && to.includes('p_demo-colleague'))).toEqual([])
    expect(events.filter(([to, { type }]) => type === 'saved' && to.includes('p_demo-analyst'))).toHaveLength(1)
  })

  test('below it: opened to read, with their own kernel on their own version; the lease is not theirs', async () => {
    const id = await shared()
    await save(id, 'owner', SAVED, HIGH)
    gateway.deps.desk.leases.release(id, 'p_demo-owner')
    const opened = (await open(colleague, id)).body as Opened
    expect(opened).toMatchObject({ mode: 'run', source: SOURCE })
    expect(kernels.sources.get(opened.kernel)).toBe(SOURCE)
    expect(await governance().label(opened.kernel)).toEqual(LOWEST)
    expect(gateway.deps.desk.leases.holder(id)).toBeNull()
    expect(code(await colleague.call(`POST /api/notebooks/${id}/versions`, { name: 'Theirs' }))).toBe('newest-above')
    gateway.deps.desk.leases.sign(id, 'p_demo-owner')
    expect(code(await colleague.call(`POST /api/notebooks/${id}/lease/ask`))).toBe('newest-above')
  })

  test('who edits and is above it no more: the kernel ends, and what comes of it is a draft on their own version', async () => {
    const id = await shared()
    const { kernel } = (await open(colleague, id)).body as Opened
    await gateway.deps.desk.store.versions.write({
      id: 'v_abovethem',
      notebook: id,
      author: 'p_demo-owner',
      at: clock.now,
      source: `# /// script\n# hidden = 4711\n# ///\n\n${SAVED}`,
      layout: null,
      bytes: 1,
      cells: 1,
      label: PERSONAL,
      sealed: true,
      coalesce: 0,
    })
    const saved = await save(id, 'colleague', `${SOURCE}# theirs\n`, kernel)
    expect(saved).toMatchObject({ type: 'drafted', refusal: { code: 'kept-below' } })
    expect(events.filter(([, { type }]) => type === 'lease-lost')).toEqual([])
    const [draft] = await gateway.deps.desk.store.drafts.list(id, 'p_demo-colleague')
    expect(draft).toMatchObject({ source: `${SOURCE}# theirs\n`, label: LOWEST })
    await gateway.beat()
    expect(kernels.get(kernel)?.phase).toMatchObject({ phase: 'exited', cause: 'demoted' })
  })

  test('no version for them: said so, with whom to ask and nothing else; the name stands in their list', async () => {
    const none = await shared('Figures', 'edit', SAVED, PERSONAL)
    expect(await names(colleague)).toEqual(['Figures'])
    expect(await listed(colleague, none)).toMatchObject({ sees: 'none', bytes: 0, cells: null })
    for (const call of [`GET /api/notebooks/${none}/source`, `POST /api/notebooks/${none}/duplicate`]) {
      const answer = await colleague.call(call)
      expect(answer.body).toMatchObject({ code: 'version-above', message: expect.stringContaining('Ask Owner') })
      expect(JSON.stringify(answer.body)).not.toContain('4711')
    }
    expect(code(await open(colleague, none))).toBe('version-above')
    expect((await colleague.call(`GET /api/notebooks/${none}/versions`)).body).toEqual([])
    expect(kernels.list()).toEqual([])
  })
})

describe('a release', () => {
  const shown = async (who: Client, id: string) => (await who.call(`GET /api/notebooks/${id}/release`)).body as Releasable
  const releaseIt = async (id: string, who = owner) => {
    const { version, digest } = await shown(who, id)
    return who.call(`POST /api/notebooks/${id}/release`, { version, digest })
  }
  const told = (person: string) => events.filter(([to]) => to.includes(`p_demo-${person}`)).map(([, { type }]) => type)
  let id: string
  beforeEach(async () => {
    id = await shared()
    await save(id, 'owner', SAVED, HIGH)
    gateway.deps.desk.leases.release(id, 'p_demo-owner')
  })

  test('shows what it gives away and whether somebody waits for it', async () => {
    expect(await shown(owner, id)).toEqual({
      version: (await stored(id))[0]?.id,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      label: PERSONAL,
      waits: true,
      literals: ['4711'],
      more: 0,
    })
  })

  test('gives those it is shared with the version as it is, and no later save', async () => {
    events.length = 0
    expect((await releaseIt(id)).status).toBe(200)
    expect(told('colleague')).toEqual(['saved', 'notebooks-changed'])
    expect((await shown(owner, id)).waits).toBe(false)
    await save(id, 'owner', `${SAVED}# later\n`, HIGH)
    expect(await sourceOf(colleague, id)).toBe(SAVED)
    expect(await listed(colleague, id)).toMatchObject({ sees: 'older', bytes: Buffer.byteLength(SAVED) })
    expect(await sourceOf(analyst, id)).toBe(`${SAVED}# later\n`)
  })

  test('is read, not edited, and counts for who got it as far as they are cleared', async () => {
    await releaseIt(id)
    expect(await listed(colleague, id)).toMatchObject({ sees: 'released', bytes: Buffer.byteLength(SAVED) })
    const opened = (await open(colleague, id)).body as Opened
    expect(opened).toMatchObject({ mode: 'run', source: SAVED })
    expect(await governance().label(opened.kernel)).toEqual(INTERNAL)
    const { version } = await shown(owner, id)
    await owner.call(`POST /api/notebooks/${id}/versions/${(await stored(id)).at(-1)?.id}/restore`)
    expect(code(await colleague.call(`POST /api/notebooks/${id}/versions/${version}/restore`))).toBe('label-above')
    const copy = (await colleague.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect(copy).toMatchObject({ sees: 'newest' })
  })

  test('is of what was shown: a save in between makes it stale', async () => {
    const { version, digest } = await shown(owner, id)
    await save(id, 'owner', `${SAVED}# sneaked in\n`, HIGH)
    expect((await stored(id))[0]?.id).toBe(version) // the save joined the version
    expect(code(await owner.call(`POST /api/notebooks/${id}/release`, { version, digest }))).toBe('stale-edit')
    expect(await sourceOf(colleague, id)).toBe(SOURCE)
  })

  test('is its author’s, who must see the version; everybody else is refused', async () => {
    for (const who of [analyst, colleague]) {
      expect(code(await who.call(`GET /api/notebooks/${id}/release`))).toBe('forbidden')
      const { version, digest } = await shown(owner, id)
      expect(code(await who.call(`POST /api/notebooks/${id}/release`, { version, digest }))).toBe('forbidden')
    }
    await clear('owner', INTERNAL)
    expect(code(await owner.call(`GET /api/notebooks/${id}/release`))).toBe('newest-above')
    expect(await sourceOf(colleague, id)).toBe(SOURCE)
  })

  test('stands on record, with the label and to whom', async () => {
    const { version } = await shown(owner, id)
    await releaseIt(id)
    const [row] = await gateway.deps.desk.store.audit.list({ limit: 1 })
    expect(row?.entry).toEqual({
      kind: 'version-released',
      person: 'p_demo-owner',
      notebook: id,
      version,
      label: PERSONAL,
      to: ['workspace'],
    })
    const { lines } = (await owner.call('GET /api/audit')).body as { lines: { text: string }[] }
    expect(lines[0]?.text).toBe('Released a version of a notebook, confidential · PERSONAL, to the workspace')
  })

  test('of a notebook that is shared with nobody changes nothing', async () => {
    const { id: own } = await create(owner)
    await save(own, 'owner', SAVED, HIGH)
    expect(await shown(owner, own)).toMatchObject({ waits: false })
    expect((await releaseIt(own)).status).toBe(200)
    expect((await stored(own))[0]?.released).toEqual([])
  })

  test('a newer version waits: said to those whom it is not for, once for each version', async () => {
    await releaseIt(id)
    events.length = 0
    await save(id, 'owner', `${SAVED}# 2\n`, HIGH)
    await save(id, 'owner', `${SAVED}# 3\n`, HIGH)
    expect(told('colleague').filter((type) => type !== 'lease')).toEqual(['version-waits'])
    expect(told('analyst').filter((type) => type !== 'lease')).toEqual(['saved', 'saved'])
  })
})

describe('a share', () => {
  const COLLEAGUE = 'p_demo-colleague'
  let id: string
  beforeEach(async () => {
    id = (await create(owner)).id
    await save(id, 'owner', SAVED, HIGH)
  })
  const share = (over: object) =>
    owner.call(`PUT /api/notebooks/${id}/shares`, { with: [COLLEAGUE], right: 'view', expires: null, onto: 0, ...over })
  async function shown() {
    const { version, digest } = (await owner.call(`GET /api/notebooks/${id}/release`)).body as Releasable
    return { version, digest }
  }

  test('releases the version that was shown to whom it names, by one press', async () => {
    const release = await shown()
    expect((await share({ release })).status).toBe(200)
    expect((await open(colleague, id)).body).toMatchObject({ mode: 'run', notebook: { sees: 'released' } })
    expect((await stored(id))[0]?.released).toEqual([COLLEAGUE])
    const rows = (await gateway.deps.desk.store.audit.list({ limit: 2 })).map(({ entry }) => entry)
    expect(rows).toMatchObject([
      { kind: 'version-released', version: release.version, to: [COLLEAGUE] },
      { kind: 'notebook-shared' },
    ])
  })

  test('of what is not what was shown is none', async () => {
    const release = await shown()
    await save(id, 'owner', `${SAVED}# sneaked in\n`, HIGH)
    expect(code(await share({ release }))).toBe('stale-edit')
    expect(code(await open(colleague, id))).toBe('not-found')
    expect((await stored(id))[0]?.released).toEqual([])
  })

  test('releases nothing to those who are cleared, and nothing where nothing was shown', async () => {
    await share({ with: ['p_demo-analyst'], release: await shown() })
    await share({ onto: 1 })
    expect((await stored(id))[0]?.released).toEqual([])
    expect((await open(colleague, id)).body).toMatchObject({ notebook: { sees: 'older' } })
  })
})
