// The notebook browser over real HTTP and real SQLite: every call a person makes, by more than one person.
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Notebook, ShellEvent } from '#protocol/api.ts'
import { memoryKernels } from '../kernels/memory.ts'
import { type Answer, type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const SOURCE = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    return\n'
const WRITTEN = `# /// script\n# [tool.marimo.mcp]\n# ///\n\n${SOURCE}`
const DAY = 86_400_000

let gateway: TestGateway
let kernels: ReturnType<typeof memoryKernels>
let now: number
let owner: Client
let analyst: Client
let colleague: Client
let events: (readonly [to: readonly string[], event: ShellEvent])[]

beforeEach(async () => {
  now = Date.now()
  kernels = memoryKernels(() => now)
  gateway = await testGateway({ kernels, now: () => now })
  owner = await signIn(gateway, 'demo-owner')
  analyst = await signIn(gateway, 'demo-analyst')
  colleague = await signIn(gateway, 'demo-colleague')
  events = []
  gateway.deps.desk.events.subscribe(({ to, event }) => events.push([to === 'everyone' ? ['everyone'] : to, event]))
})
afterEach(() => stopGateway(gateway))

const create = async (who: Client, body: object = {}) => (await who.call('POST /api/notebooks', body)).body as Notebook
const names = async (who: Client, query = '') =>
  ((await who.call(`GET /api/notebooks${query}`)).body as Notebook[]).map(({ name }) => name)
const sourceOf = async (who: Client, id: string) =>
  ((await who.call(`GET /api/notebooks/${id}/source`)).body as { source: string }).source
const code = ({ body }: Answer) => (body as { code?: string }).code
const openBody = (over: object = {}) => ({ mode: 'auto', tab: 't_00000001', theme: 'light', ...over })
const save = (id: string, person: string, source: string) =>
  gateway.deps.document.commit(id, `p_demo-${person}`, Buffer.from(source))

/** A notebook of Owner's that the whole workspace may edit, as seeded ones are. */
async function shared(name = 'Shared', right: 'edit' | 'view' = 'edit', source = SOURCE): Promise<string> {
  const { desk } = gateway.deps
  const id = `n_${name.padEnd(8, '0')}`
  const bytes = Buffer.byteLength(source)
  const first = {
    id: `v_${name.padEnd(8, '0')}`,
    notebook: id,
    author: 'p_demo-owner',
    at: now,
    source,
    layout: null,
    bytes,
    cells: 1,
  }
  const shares = [{ with: 'workspace', right, expires: null }] as const
  await desk.store.notebooks.create(
    { id, name, author: 'p_demo-owner', created: now, shares },
    { ...first, sealed: true, coalesce: 0 },
  )
  return id
}

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
    expect((await analyst.call(`POST /api/notebooks/${id}/restore`)).status).toBe(403)
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

describe('saving', () => {
  test('the header is out of what a kernel gets, and back in what is stored', async () => {
    const id = await shared('Header', 'edit', WRITTEN)
    const { kernel } = (await owner.call(`POST /api/notebooks/${id}/open`, openBody())).body as { kernel: string }
    expect(kernels.sources.get(kernel)).toBe(SOURCE)
    const saved = await save(id, 'owner', `${SOURCE}\n# changed\n`)
    expect(saved.type).toBe('committed')
    expect(await sourceOf(owner, id)).toBe(`${WRITTEN}\n# changed\n`)
    expect((await save(id, 'owner', `${SOURCE}\n# changed\n`)).type).toBe('unchanged')
    expect(events.filter(([, event]) => event.type === 'saved')).toHaveLength(1)
  })

  test.each([
    ['too big', `${SOURCE}# ${'x'.repeat(5 * 1024 * 1024)}`, 'source-too-big'],
    ['not a notebook', 'print(1)\n', 'broken-source'],
    ['cut off', `${SOURCE}x = """`, 'broken-source'],
    ['empty', '', 'broken-source'],
  ])('%s: refused, told, and what is stored stays', async (_, body, refused) => {
    const { id } = await create(owner, { name: 'Kept', source: WRITTEN })
    expect(await save(id, 'owner', body)).toMatchObject({ type: 'refused', refusal: { code: refused } })
    expect(events.at(-1)).toMatchObject([['p_demo-owner'], { type: 'save-refused', notebook: id }])
    expect(await sourceOf(owner, id)).toBe(WRITTEN)
  })

  test('invalid UTF-8 is refused', async () => {
    const { id } = await create(owner)
    const bytes = Buffer.concat([Buffer.from(SOURCE), Buffer.from([0xff])])
    expect(await gateway.deps.document.commit(id, 'p_demo-owner', bytes)).toMatchObject({ refusal: { code: 'not-utf8' } })
  })

  test('who may not edit cannot save', async () => {
    const id = await shared('Viewed', 'view')
    expect(await save(id, 'analyst', `${SOURCE}#\n`)).toMatchObject({ type: 'refused', refusal: { code: 'not-found' } })
    expect(await save(id, 'outsider', `${SOURCE}#\n`)).toMatchObject({ type: 'refused' })
  })

  test('versions: coalesced, named, read, restored', async () => {
    const { id } = await create(owner, { name: 'V', source: SOURCE })
    await save(id, 'owner', `${SOURCE}# 1\n`)
    await save(id, 'owner', `${SOURCE}# 2\n`)
    await owner.call(`POST /api/notebooks/${id}/versions`, { name: 'Good' })
    await save(id, 'owner', `${SOURCE}# 3\n`)
    now += 5 * 60_000
    await save(id, 'owner', `${SOURCE}# 4\n`)
    owner = await signIn(gateway, 'demo-owner') // the bearer has run out meanwhile
    const listed = (await owner.call(`GET /api/notebooks/${id}/versions`)).body as {
      id: string
      number: number
      name: string | null
    }[]
    expect(listed.map(({ number, name }) => [number, name])).toEqual([
      [4, null],
      [3, null],
      [2, 'Good'],
      [1, null],
    ])
    const good = listed[2]?.id as string
    expect((await owner.call(`GET /api/notebooks/${id}/versions/${good}`)).body).toEqual({ source: `${SOURCE}# 2\n` })
    expect((await owner.call(`POST /api/notebooks/${id}/versions/${good}/restore`)).body).toMatchObject({ number: 5 })
    expect(await sourceOf(owner, id)).toBe(`${SOURCE}# 2\n`)
    await save(id, 'owner', `${SOURCE}# 6\n`)
    expect((await owner.call(`GET /api/notebooks/${id}/versions`)).body).toHaveLength(6)
  })
})

describe('one editor', () => {
  test('the second person reads, beside the source, in a kernel of their own', async () => {
    const id = await shared()
    const first = (await owner.call(`POST /api/notebooks/${id}/open`, openBody())).body
    const second = (await analyst.call(`POST /api/notebooks/${id}/open`, openBody())).body as { kernel: string }
    expect(first).toMatchObject({ mode: 'edit', source: null, notebook: { editor: { name: 'Owner' } } })
    expect(second).toMatchObject({ mode: 'run', source: SOURCE, notebook: { editor: { name: 'Owner' } } })
    expect(kernels.get(second.kernel)?.spec).toMatchObject({ person: 'p_demo-analyst', mode: 'run', autorun: true })
  })

  test('shared to view: reads, and the source is not shown', async () => {
    const id = await shared('Viewed', 'view')
    expect((await analyst.call(`POST /api/notebooks/${id}/open`, openBody())).body).toMatchObject({ mode: 'run', source: null })
    expect((await analyst.call(`GET /api/notebooks/${id}/source`)).status).toBe(403)
    expect((await analyst.call(`POST /api/notebooks/${id}/lease/ask`)).status).toBe(403)
  })

  test('asked, kept; asked, no answer: yes; the late save becomes a draft', async () => {
    const id = await shared()
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    const asked = (await analyst.call(`POST /api/notebooks/${id}/lease/ask`)).body
    expect(asked).toEqual({ answerBy: now + 15_000 })
    expect(code(await colleague.call(`POST /api/notebooks/${id}/lease/ask`))).toBe('already-asked')
    expect(code(await analyst.call(`POST /api/notebooks/${id}/lease/answer`, { give: true }))).toBe('not-asked')
    await owner.call(`POST /api/notebooks/${id}/lease/answer`, { give: false })
    expect(events.at(-1)).toEqual([['p_demo-analyst'], { type: 'lease-refused', notebook: id }])

    await analyst.call(`POST /api/notebooks/${id}/lease/ask`)
    now += 15_000
    gateway.deps.desk.leases.tick()
    const said = events.slice(-3).map(([to, event]) => [to, event.type])
    expect(said).toContainEqual([['p_demo-owner'], 'lease-lost'])
    expect(said).toContainEqual([['p_demo-analyst'], 'lease-granted'])
    expect((await analyst.call(`POST /api/notebooks/${id}/open`, openBody())).body).toMatchObject({ mode: 'edit' })

    const late = await save(id, 'owner', `${SOURCE}# pending\n`)
    expect(late).toMatchObject({ type: 'drafted' })
    expect(await sourceOf(analyst, id)).toBe(SOURCE)
    const drafts = (await owner.call(`GET /api/notebooks/${id}/drafts`)).body as { id: string }[]
    expect(drafts).toHaveLength(1)
    expect((await owner.call(`GET /api/notebooks/${id}/versions/${drafts[0]?.id}`)).body).toEqual({
      source: `${SOURCE}# pending\n`,
    })
    expect((await analyst.call(`GET /api/notebooks/${id}/versions/${drafts[0]?.id}`)).status).toBe(404)
    expect(code(await owner.call(`POST /api/notebooks/${id}/versions/${drafts[0]?.id}/restore`))).toBe('being-edited')
  })

  test('every lease event goes to who sees the notebook, and nobody else', async () => {
    const id = await shared()
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    const [to] = events.find(([, event]) => event.type === 'lease') ?? [[]]
    expect([...to].sort()).toEqual(['p_demo-analyst', 'p_demo-auditor', 'p_demo-colleague', 'p_demo-owner'])
  })
})

describe('opening', () => {
  test('again, in two tabs at once: one kernel', async () => {
    const { id } = await create(owner)
    const opened = await Promise.all(
      [1, 2, 3].map((tab) => owner.call(`POST /api/notebooks/${id}/open`, openBody({ tab: `t_0000000${tab}` }))),
    )
    expect(new Set(opened.map(({ body }) => (body as { kernel: string }).kernel)).size).toBe(1)
    expect(kernels.list()).toHaveLength(1)
  })

  test('fresh: another kernel, after the old one ended', async () => {
    const { id } = await create(owner)
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    await owner.call(`POST /api/notebooks/${id}/open`, openBody({ fresh: true }))
    expect(kernels.list().map(({ phase }) => phase.phase)).toEqual(['exited', 'starting'])
  })

  test.each([
    ['an editor’s runs nothing', false, {}, false],
    ['an editor who switched it on', true, {}, true],
    ['and opens without running', true, { run: false }, false],
    ['a reader’s runs', false, { mode: 'run' }, true],
    ['a reader’s without running', false, { mode: 'run', run: false }, false],
  ])('%s', async (_, autorun, over, runs) => {
    const { id } = await create(owner)
    await owner.call('PUT /api/preferences', { autorun, theme: 'system' })
    await owner.call(`POST /api/notebooks/${id}/open`, openBody(over))
    expect(kernels.list()[0]?.spec.autorun).toBe(runs)
  })

  test('after a crash at the start it opens without running', async () => {
    const { id } = await create(owner)
    const { kernel } = (await owner.call(`POST /api/notebooks/${id}/open`, openBody({ mode: 'run' }))).body as { kernel: string }
    kernels.happen({ type: 'phase', kernel, phase: { phase: 'exited', cause: 'crashed', message: 'x' } })
    await owner.call(`POST /api/notebooks/${id}/open`, openBody({ mode: 'run' }))
    expect(kernels.list().map(({ spec }) => spec.autorun)).toEqual([true, false])
  })

  test('eight kernels a person, and the ninth names the limit', async () => {
    for (let i = 0; i < 8; i++) await owner.call(`POST /api/notebooks/${(await create(owner)).id}/open`, openBody())
    const ninth = await owner.call(`POST /api/notebooks/${(await create(owner)).id}/open`, openBody())
    expect(ninth.body).toMatchObject({ code: 'too-many-kernels', message: expect.stringContaining('8 kernels') })
    expect((await analyst.call(`POST /api/notebooks/${(await create(analyst)).id}/open`, openBody())).status).toBe(200)
  })

  test('what the runner refuses, and a runner that is not there, are said', async () => {
    const { id } = await create(owner)
    kernels.answer({ type: 'refused', refusal: { code: 'machine-full', message: 'The machine is full.' } })
    expect((await owner.call(`POST /api/notebooks/${id}/open`, openBody())).body).toMatchObject({
      code: 'kernel-refused',
      message: 'The machine is full.',
    })
    kernels.answer({ type: 'absent' })
    expect(code(await owner.call(`POST /api/notebooks/${id}/open`, openBody()))).toBe('runner-absent')
  })

  test('one’s own kernels are listed and stopped, nobody else’s', async () => {
    const { id } = await create(owner)
    const { kernel } = (await owner.call(`POST /api/notebooks/${id}/open`, openBody())).body as { kernel: string }
    expect((await analyst.call('GET /api/kernels')).body).toEqual([])
    expect((await analyst.call(`POST /api/kernels/${kernel}/stop`)).status).toBe(404)
    expect((await owner.call('GET /api/kernels')).body).toMatchObject([
      { kernel, notebook: id, mode: 'edit', memoryLimit: 2 ** 31 },
    ])
    await owner.call(`POST /api/kernels/${kernel}/stop`)
    expect(kernels.get(kernel)?.phase).toMatchObject({ phase: 'exited', cause: 'stopped' })
  })

  test('signing out ends every session and every kernel of the person', async () => {
    const other = await signIn(gateway, 'demo-owner')
    const { id } = await create(owner)
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    await owner.call('POST /api/sign-out')
    expect(kernels.list()[0]?.phase).toMatchObject({ phase: 'exited', cause: 'signed-out' })
    expect((await other.call('GET /api/notebooks')).status).toBe(401)
    const again = await send(gateway.origin, 'POST /api/bearer', {
      headers: { origin: gateway.origin, cookie: other.cookie, 'x-scrydon': '1' },
    })
    expect(again.status).toBe(401)
    expect(events).toContainEqual([['p_demo-owner'], { type: 'signed-out', by: null }])
  })
})

const put = (
  who: Client,
  id: string,
  name: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) =>
  send(gateway.origin, `PUT /api/notebooks/${id}/files/${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${who.bearer}`, ...headers },
    body,
  })

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
    now += 30 * DAY
    await purge(gateway.deps.desk)
    expect(readdirSync(folder(id))).toEqual(['a'])
    now += 1
    await purge(gateway.deps.desk)
    expect(readdirSync(join(gateway.home, 'uploads'))).toEqual([])
  })
})
