// Files beside a notebook.
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sweepParts } from '../notebooks/files.ts'
import { analyst, clock, code, create, gateway, owner, put, SOURCE, save, shared } from './testing/browser.ts'

const DAY = 86_400_000

describe('files', () => {
  const folder = (id: string) => join(gateway.home, 'uploads', id)

  test.each([['text/csv'], ['application/json'], ['application/octet-stream'], ['']])('any type is bytes: %j', async (type) => {
    const { id } = await create(owner)
    const bytes = Uint8Array.from([0, 255, 10, 123])
    expect((await put(owner, id, 'data é.json', bytes, type ? { 'content-type': type } : {})).body).toMatchObject({
      name: 'data é.json',
      bytes: 4,
    })
    expect(readFileSync(join(folder(id), 'data é.json'))).toEqual(Buffer.from(bytes))
    expect((await owner.call(`GET /api/notebooks/${id}/files`)).body).toMatchObject([{ name: 'data é.json', bytes: 4 }])
  })

  test('replaced whole, deleted, and readable by kernels of other users', async () => {
    const { id } = await create(owner)
    await put(owner, id, 'a', 'one')
    await put(owner, id, 'a', 'three')
    expect(readFileSync(join(folder(id), 'a'), 'utf8')).toBe('three')
    expect(lstatSync(join(folder(id), 'a')).mode & 0o777).toBe(0o644)
    expect((await owner.call(`DELETE /api/notebooks/${id}/files/a`)).status).toBe(200)
    expect((await owner.call(`DELETE /api/notebooks/${id}/files/a`)).status).toBe(404)
    expect(readdirSync(folder(id))).toEqual([])
  })

  test.each(['..', '.hidden', 'a/b', 'a\\b', 'a\u0000b', '../../state.db'])('the name %j is refused', async (name) => {
    const { id } = await create(owner)
    const answer = await put(owner, id, name, 'x')
    expect([400, 404]).toContain(answer.status)
  })

  test('a link in place of a file or of the folder is not followed', async () => {
    const { id } = await create(owner)
    const secret = join(gateway.home, 'secret')
    writeFileSync(secret, 'secret')
    await put(owner, id, 'first', 'x')
    symlinkSync(secret, join(folder(id), 'link'))
    expect((await owner.call(`GET /api/notebooks/${id}/files`)).body).toMatchObject([{ name: 'first' }])
    expect((await put(owner, id, 'link', 'new')).status).toBe(200)
    expect(readFileSync(secret, 'utf8')).toBe('secret')
    expect(lstatSync(join(folder(id), 'link')).isFile()).toBe(true)

    const other = await create(owner)
    mkdirSync(join(gateway.home, 'elsewhere'))
    symlinkSync(join(gateway.home, 'elsewhere'), folder(other.id))
    expect((await put(owner, other.id, 'x', 'x')).status).toBe(404)
    expect(readdirSync(join(gateway.home, 'elsewhere'))).toEqual([])
  })

  test('one file over 64 MB, and more than 256 MB in all, are refused by name and leave nothing', async () => {
    const { id } = await create(owner)
    const big = new Uint8Array(64 * 1024 * 1024)
    expect(code(await put(owner, id, 'big', new Uint8Array(64 * 1024 * 1024 + 1)))).toBe('file-too-big')
    for (const name of ['1', '2', '3', '4']) expect((await put(owner, id, name, big)).status).toBe(200)
    expect((await put(owner, id, '5', 'x')).body).toMatchObject({
      code: 'files-full',
      message: expect.stringContaining('256 MB'),
    })
    expect((await put(owner, id, '4', big)).status).toBe(200)
    expect(readdirSync(folder(id)).sort()).toEqual(['1', '2', '3', '4'])
  })

  test('readers see them, only editors change them', async () => {
    const id = await shared('Viewed', 'view')
    await put(owner, id, 'a', 'x')
    expect((await analyst.call(`GET /api/notebooks/${id}/files`)).body).toHaveLength(1)
    expect((await put(analyst, id, 'b', 'x')).status).toBe(403)
    expect((await analyst.call(`DELETE /api/notebooks/${id}/files/a`)).status).toBe(403)
  })

  test('gone with the notebook, thirty days after it was deleted', async () => {
    const { purge } = await import('../gateway.ts')
    const { id } = await create(owner)
    await put(owner, id, 'a', 'x')
    await owner.call(`DELETE /api/notebooks/${id}`)
    clock.now += 30 * DAY
    await purge(gateway.deps.desk)
    expect(readdirSync(folder(id))).toEqual(['a'])
    clock.now += 1
    await purge(gateway.deps.desk)
    expect(readdirSync(join(gateway.home, 'uploads'))).toEqual([])
  })
})

describe('what an author keeps', () => {
  const MB = 1024 * 1024
  /** As if the author kept this much in the database already. */
  const stored = (ids: number, bytes: number) =>
    Object.assign(gateway.deps.desk.store.notebooks, { stored: async () => ({ ids: Array(ids).fill('n_elsewhere'), bytes }) })
  const drafts = (id: string) => owner.call(`POST /api/notebooks/${id}/drafts`, { source: SOURCE })

  test('is bounded, files, versions and drafts together; a save is taken all the same', async () => {
    const { id } = await create(owner)
    await put(owner, id, 'a', new Uint8Array(MB))
    const [version] = (await owner.call(`GET /api/notebooks/${id}/versions`)).body as { id: string }[]
    stored(1, 4096 * MB - 3)
    for (const answer of [
      await put(owner, id, 'b', 'four'),
      await owner.call('POST /api/notebooks', {}),
      await owner.call(`POST /api/notebooks/${id}/duplicate`),
      await owner.call(`POST /api/notebooks/${id}/versions/${version?.id}/restore`),
      await drafts(id),
    ])
      expect(answer).toMatchObject({ status: 413, body: { code: 'author-full', message: expect.stringContaining('4 GB') } })
    expect((await put(owner, id, 'b', 'abc')).status).toBe(200)
    expect((await save(id, 'owner', `${SOURCE}# more\n`)).type).toBe('committed')
    expect(readdirSync(join(gateway.home, 'uploads', id)).sort()).toEqual(['a', 'b'])
  })

  test('counts files of all their notebooks, whoever uploads', async () => {
    const id = await shared()
    const other = await create(owner)
    await put(owner, other.id, 'a', new Uint8Array(MB))
    const real = await gateway.deps.desk.store.notebooks.stored('p_demo-owner')
    Object.assign(gateway.deps.desk.store.notebooks, { stored: async () => ({ ...real, bytes: 4095 * MB }) })
    expect(code(await put(analyst, id, 'b', 'x'))).toBe('author-full')
    await owner.call(`DELETE /api/notebooks/${other.id}/files/a`)
    expect((await put(analyst, id, 'b', 'x')).status).toBe(200)
  })

  test('is bounded in number', async () => {
    const { id } = await create(owner)
    stored(1000, 0)
    expect(code(await owner.call('POST /api/notebooks', {}))).toBe('too-many-notebooks')
    expect(code(await owner.call(`POST /api/notebooks/${id}/duplicate`))).toBe('too-many-notebooks')
    expect((await put(owner, id, 'a', 'x')).status).toBe(200)
  })

  test('ends where the disk does: what is asked for is refused, a save is taken', async () => {
    const { id } = await create(owner)
    Object.assign(gateway.deps.desk, { free: () => 1024 * MB + 3 })
    expect(await put(owner, id, 'a', 'four')).toMatchObject({ status: 507, body: { code: 'disk-full' } })
    expect(code(await owner.call('POST /api/notebooks', {}))).toBe('disk-full')
    expect(code(await drafts(id))).toBe('disk-full')
    expect((await put(owner, id, 'a', 'abc')).status).toBe(200)
    expect((await save(id, 'owner', `${SOURCE}# more\n`)).type).toBe('committed')
  })

  test('what a killed gateway was receiving is gone at the next start', async () => {
    const { id } = await create(owner)
    await put(owner, id, 'a', 'x')
    for (const folder of ['', id]) writeFileSync(join(gateway.home, 'uploads', folder, '.e_half'), 'half')
    await sweepParts(gateway.deps.desk)
    expect(readdirSync(join(gateway.home, 'uploads'))).toEqual([id])
    expect(readdirSync(join(gateway.home, 'uploads', id))).toEqual(['a'])
  })
})
