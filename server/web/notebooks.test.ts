// The notebook browser over real HTTP and real SQLite: every call a person makes, by more than one person.
import { describe, expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import {
  analyst,
  code,
  colleague,
  create,
  kernels,
  names,
  openBody,
  owner,
  put,
  SOURCE,
  save,
  shared,
  sourceOf,
  WRITTEN,
} from './testing/browser.ts'

describe('the list', () => {
  test('one’s own and what is shared; search by name, whatever the case', async () => {
    await shared('Weather')
    await create(owner, { name: 'Ärger' })
    await create(analyst, { name: 'Mine' })
    expect((await names(owner)).sort()).toEqual(['Weather', 'Ärger'])
    expect((await names(analyst)).sort()).toEqual(['Mine', 'Weather'])
    expect(await names(owner, '?search=ÄRG')).toEqual(['Ärger'])
    expect(await names(owner, '?search=%25')).toEqual([])
    expect((await owner.call('GET /api/notebooks?other=1')).status).toBe(400)
  })

  test('says whose, with which right, and who is editing', async () => {
    const id = await shared()
    await analyst.call(`POST /api/notebooks/${id}/open`, openBody())
    const [seen] = (await colleague.call('GET /api/notebooks')).body as Notebook[]
    expect(seen).toMatchObject({ mine: false, rights: 'edit', author: { name: 'Owner' }, editor: { name: 'Analyst' }, cells: 1 })
  })
})

describe('making', () => {
  test('Untitled, Untitled 2, … and a name that is taken', async () => {
    await Promise.all([create(owner), create(owner), create(owner)])
    expect((await names(owner)).sort()).toEqual(['Untitled', 'Untitled 2', 'Untitled 3'])
    expect(code(await owner.call('POST /api/notebooks', { name: 'Untitled' }))).toBe('name-taken')
    expect((await create(analyst, { name: 'Untitled' })).name).toBe('Untitled')
  })

  test.each([
    ['with a header', WRITTEN, 1],
    ['with no cells', 'import marimo\n\napp = marimo.App()\n', 0],
    ['that no Python reads', `${SOURCE}\nx = (\n`, null],
    ['with CRLF and a byte order mark', `\uFEFF${SOURCE.replaceAll('\n', '\r\n')}`, 1],
  ])('an import %s is stored as written', async (_, source, cells) => {
    const made = await create(owner, { name: 'Imported', source })
    expect(made.cells).toBe(cells)
    expect(made.bytes).toBe(Buffer.byteLength(source))
    expect(await sourceOf(owner, made.id)).toBe(source)
  })

  test('what is no notebook is refused', async () => {
    expect(code(await owner.call('POST /api/notebooks', { source: 'print(1)\n' }))).toBe('not-a-notebook')
    expect(await names(owner)).toEqual([])
  })

  test('a duplicate is its maker’s own, with source and files', async () => {
    const id = await shared('Original', 'edit', WRITTEN)
    await put(owner, id, 'data.csv', 'a,b\n')
    const copy = (await analyst.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    const second = (await analyst.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook
    expect([copy.name, second.name]).toEqual(['Copy of Original', 'Copy of Original 2'])
    expect(copy).toMatchObject({ mine: true, rights: 'author' })
    expect(await sourceOf(analyst, copy.id)).toBe(WRITTEN)
    expect((await analyst.call(`GET /api/notebooks/${copy.id}/files`)).body).toMatchObject([{ name: 'data.csv', bytes: 4 }])
    expect((await colleague.call(`GET /api/notebooks/${copy.id}`)).status).toBe(404)
  })
})

describe('rename, trash, restore', () => {
  test('only its author', async () => {
    const id = await shared()
    expect((await analyst.call(`PATCH /api/notebooks/${id}`, { name: 'X' })).status).toBe(403)
    expect((await analyst.call(`DELETE /api/notebooks/${id}`)).status).toBe(403)
    expect((await owner.call(`PATCH /api/notebooks/${id}`, { name: 'New name' })).body).toMatchObject({ name: 'New name' })
    expect(await names(analyst)).toEqual(['New name'])
  })

  test('a deleted one is gone for all, in its author’s trash, and back by Undo', async () => {
    const id = await shared()
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    expect((await owner.call(`DELETE /api/notebooks/${id}`)).status).toBe(200)
    expect(kernels.list()[0]?.phase).toMatchObject({ phase: 'exited', cause: 'revoked' })
    expect([await names(owner), await names(analyst), await names(owner, '?trash=1'), await names(analyst, '?trash=1')]).toEqual([
      [],
      [],
      ['Shared'],
      [],
    ])
    expect(code(await owner.call(`POST /api/notebooks/${id}/open`, openBody()))).toBe('in-trash')
    expect(code(await analyst.call(`POST /api/notebooks/${id}/open`, openBody()))).toBe('not-found')
    expect((await save(id, 'owner', `${SOURCE}# late\n`)).type).toBe('refused')
    expect(code(await analyst.call(`POST /api/notebooks/${id}/restore`))).toBe('not-found')
    await owner.call(`POST /api/notebooks/${id}/restore`)
    expect(await names(analyst)).toEqual(['Shared'])
  })

  test('restored under the next free name when its own was given away', async () => {
    const { id } = await create(owner, { name: 'A' })
    await owner.call(`DELETE /api/notebooks/${id}`)
    await create(owner, { name: 'A' })
    expect((await owner.call(`POST /api/notebooks/${id}/restore`)).body).toMatchObject({ name: 'A 2', trashed: null })
  })
})
