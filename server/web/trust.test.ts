// Whose change runs with which rights: a version with somebody else's change opens restricted until it is trusted.
import { describe, expect, test } from 'vitest'
import type { Notebook, Opened } from '#protocol/api.ts'
import type { Client } from '../testing.ts'
import { analyst, code, colleague, create, gateway, kernels, openBody, owner, SOURCE, shared } from './testing/browser.ts'

const open = async (who: Client, id: string, over: object = {}) =>
  (await who.call(`POST /api/notebooks/${id}/open`, openBody(over))).body as Opened
const trust = (who: Client, id: string) => who.call(`POST /api/notebooks/${id}/trust`)
const spec = ({ kernel }: Opened) => kernels.get(kernel)?.spec

/** As the kernel that this person has opened saves it. */
function saveFrom(opened: Opened, source: string) {
  const of = spec(opened)
  if (!of) throw new Error('no such kernel')
  const { id: kernel, notebook, person } = of
  return gateway.deps.document.commit({ kernel, notebook, person, trusted: of.trust === undefined }, Buffer.from(source))
}
async function leave(who: Client, person: string, id: string) {
  for (const state of kernels.list())
    if (state.spec.person === person && state.phase.phase !== 'exited') await who.call(`POST /api/kernels/${state.spec.id}/stop`)
  gateway.deps.desk.leases.release(id, person)
}
const [OWNER, ANALYST] = ['p_demo-owner', 'p_demo-analyst']

describe('what one brings and what one saves from it', () => {
  test('is trusted: a new notebook, an import, a save, opened again', async () => {
    await owner.call('PUT /api/preferences', { autorun: true, theme: 'system' })
    const { id } = await create(owner, { source: SOURCE })
    const opened = await open(owner, id)
    expect(opened).toMatchObject({ mode: 'edit', restricted: false, autorun: true })
    for (const n of [1, 2, 3]) await saveFrom(opened, `${SOURCE}# ${n}\n`)
    expect(await open(owner, id, { fresh: true })).toMatchObject({ restricted: false, autorun: true })
  })

  test('is forgotten where the same version goes on', async () => {
    const { id } = await create(owner, { source: SOURCE })
    const opened = await open(owner, id)
    for (const n of [1, 2]) await saveFrom(opened, `${SOURCE}# ${n}\n`)
    const versions = await gateway.deps.desk.store.versions.list(id)
    expect(versions).toHaveLength(2)
    const [one, two] = [await shared('Planted1', 'edit', `${SOURCE}# 1\n`), await shared('Planted2', 'edit', `${SOURCE}# 2\n`)]
    expect(await open(owner, one)).toMatchObject({ restricted: true })
    expect(await open(owner, two)).toMatchObject({ restricted: false })
  })
})

describe('somebody else’s change', () => {
  test('opens restricted: nothing runs by itself, and it stays so when it is saved', async () => {
    await analyst.call('PUT /api/preferences', { autorun: true, theme: 'system' })
    const id = await shared()
    const opened = await open(analyst, id)
    expect(opened).toMatchObject({ mode: 'edit', restricted: true, autorun: false })
    expect(spec(opened)).toMatchObject({ mode: 'edit', trust: 'restricted' })
    expect(await saveFrom(opened, `${SOURCE}# mine\n`)).toMatchObject({ type: 'committed' })
    expect(await open(analyst, id, { fresh: true })).toMatchObject({ restricted: true })
  })

  test('in one’s own notebook too: it runs nothing by itself until it is trusted', async () => {
    await owner.call('PUT /api/preferences', { autorun: true, theme: 'system' })
    const id = await shared()
    await trustAs(owner, OWNER, id)
    const theirs = await open(analyst, id)
    await saveFrom(theirs, `${SOURCE}# theirs\n`)
    await leave(analyst, ANALYST, id)
    expect(await open(owner, id)).toMatchObject({ mode: 'edit', restricted: true, autorun: false })
    expect((await trust(owner, id)).status).toBe(200)
    expect(await open(owner, id, { fresh: true })).toMatchObject({ restricted: false, autorun: true })
  })

  test('once trusted it is, for this person, and so is what they save from it; a new change is not', async () => {
    const id = await shared()
    await trustAs(analyst, ANALYST, id)
    const opened = await open(analyst, id)
    expect(opened).toMatchObject({ restricted: false })
    await saveFrom(opened, `${SOURCE}# mine\n`)
    await leave(analyst, ANALYST, id)
    const theirs = await open(colleague, id)
    expect(theirs).toMatchObject({ restricted: true })
    await leave(colleague, 'p_demo-colleague', id)
    expect(await open(analyst, id)).toMatchObject({ restricted: false })
    await leave(analyst, ANALYST, id)
    await saveFrom(await open(colleague, id), `${SOURCE}# changed\n`)
    await leave(colleague, 'p_demo-colleague', id)
    expect(await open(analyst, id)).toMatchObject({ restricted: true })
  })

  test('a duplicate is trusted as what it copies', async () => {
    const id = await shared()
    const first = (await analyst.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect(await open(analyst, first.id)).toMatchObject({ restricted: true })
    await trustAs(analyst, ANALYST, id)
    const second = (await analyst.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect(await open(analyst, second.id)).toMatchObject({ restricted: false })
  })

  test('is trusted by its editor alone, and of what is stored', async () => {
    const id = await shared()
    expect(code(await trust(analyst, id))).toBe('nobody-editing')
    await open(owner, id)
    expect(code(await trust(analyst, id))).toBe('being-edited')
    const viewed = await shared('Viewed', 'view')
    expect(code(await trust(analyst, viewed))).toBe('forbidden')
    await leave(owner, OWNER, id)
    expect(await open(analyst, id)).toMatchObject({ restricted: true })
  })

  test('a reader’s kernel is a reader’s, whatever is trusted', async () => {
    const id = await shared('Viewed', 'view')
    const opened = await open(analyst, id)
    expect(opened).toMatchObject({ mode: 'run', restricted: false, autorun: true })
    expect(spec(opened)?.trust).toBeUndefined()
  })
})

async function trustAs(who: Client, person: string, id: string): Promise<void> {
  await open(who, id)
  expect((await trust(who, id)).status).toBe(200)
  await leave(who, person, id)
}
