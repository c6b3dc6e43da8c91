// Saving, versions, drafts and the one editor, over real HTTP and real SQLite.
import { describe, expect, test } from 'vitest'
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
  shared,
  sourceOf,
  WRITTEN,
} from './testing/browser.ts'

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
    const told = events.at(-1)?.[1] as { id: string }
    expect(gateway.log.filter((line) => line.includes(told.id) && line.includes(`"code":"${refused}"`))).toHaveLength(1)
    expect(await sourceOf(owner, id)).toBe(WRITTEN)
  })

  test('invalid UTF-8 is refused', async () => {
    const { id } = await create(owner)
    const bytes = Buffer.concat([Buffer.from(SOURCE), Buffer.from([0xff])])
    expect(
      await gateway.deps.document.commit({ notebook: id, person: 'p_demo-owner', kernel: 'k_00000001', trusted: true }, bytes),
    ).toMatchObject({ refusal: { code: 'not-utf8' } })
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
    clock.now += 5 * 60_000
    await save(id, 'owner', `${SOURCE}# 4\n`)
    const again = await signIn(gateway, 'demo-owner') // the bearer has run out meanwhile
    const listed = (await again.call(`GET /api/notebooks/${id}/versions`)).body as {
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
    expect((await again.call(`GET /api/notebooks/${id}/versions/${good}`)).body).toEqual({ source: `${SOURCE}# 2\n` })
    expect((await again.call(`POST /api/notebooks/${id}/versions/${good}/restore`)).body).toMatchObject({ number: 5 })
    expect(await sourceOf(again, id)).toBe(`${SOURCE}# 2\n`)
    await save(id, 'owner', `${SOURCE}# 6\n`)
    expect((await again.call(`GET /api/notebooks/${id}/versions`)).body).toHaveLength(6)
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
    expect(asked).toEqual({ answerBy: clock.now + 15_000 })
    expect(code(await colleague.call(`POST /api/notebooks/${id}/lease/ask`))).toBe('already-asked')
    expect(code(await analyst.call(`POST /api/notebooks/${id}/lease/answer`, { give: true }))).toBe('not-asked')
    await owner.call(`POST /api/notebooks/${id}/lease/answer`, { give: false })
    expect(events.at(-1)).toEqual([['p_demo-analyst'], { type: 'lease-refused', notebook: id }])

    await analyst.call(`POST /api/notebooks/${id}/lease/ask`)
    clock.now += 15_000
    gateway.deps.desk.leases.tick()
    const said = events.slice(-3).map(([to, event]) => [to, event.type])
    expect(said).toContainEqual([['p_demo-owner'], 'lease-lost'])
    expect(said).toContainEqual([['p_demo-analyst'], 'lease-granted'])
    expect((await analyst.call(`POST /api/notebooks/${id}/open`, openBody())).body).toMatchObject({ mode: 'edit' })

    const late = await save(id, 'owner', `${SOURCE}# pending\n`)
    expect(late).toMatchObject({ type: 'drafted', refusal: { code: 'not-the-editor' } })
    const { id: quoted } = (late as { refusal: { id: string } }).refusal
    expect(gateway.log.filter((line) => line.includes(quoted) && line.includes('"code":"not-the-editor"'))).toHaveLength(1)
    expect(await sourceOf(analyst, id)).toBe(SOURCE)
    const drafts = (await owner.call(`GET /api/notebooks/${id}/drafts`)).body as { id: string }[]
    expect(drafts).toHaveLength(1)
    expect((await owner.call(`GET /api/notebooks/${id}/versions/${drafts[0]?.id}`)).body).toEqual({
      source: `${SOURCE}# pending\n`,
    })
    expect((await analyst.call(`GET /api/notebooks/${id}/versions/${drafts[0]?.id}`)).status).toBe(404)
    expect(code(await owner.call(`POST /api/notebooks/${id}/versions/${drafts[0]?.id}/restore`))).toBe('being-edited')
  })

  test('who is asked hears it again when they open the page anew', async () => {
    const id = await shared()
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    await analyst.call(`POST /api/notebooks/${id}/lease/ask`)
    const asked = events.at(-1)
    expect(asked).toMatchObject([
      ['p_demo-owner'],
      { type: 'lease-asked', by: { name: 'Analyst' }, answerBy: clock.now + 15_000 },
    ])
    clock.now += 5000
    events.length = 0
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    expect(events.filter(([, { type }]) => type === 'lease-asked')).toEqual([asked])
    await owner.call(`POST /api/notebooks/${id}/lease/answer`, { give: false })
    events.length = 0
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    expect(events.filter(([, { type }]) => type === 'lease-asked')).toEqual([])
  })

  test('every lease event goes to who sees the notebook, and nobody else', async () => {
    const id = await shared()
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    const [to] = events.find(([, event]) => event.type === 'lease') ?? [[]]
    expect([...to].sort()).toEqual(['p_demo-analyst', 'p_demo-auditor', 'p_demo-colleague', 'p_demo-owner'])
  })
})

describe('a draft of what no save could carry', () => {
  const draft = (who: Client, id: string, source: string) => who.call(`POST /api/notebooks/${id}/drafts`, { source })
  const kept = async (who: Client, id: string) => (await who.call(`GET /api/notebooks/${id}/drafts`)).body as { id: string }[]

  test('is kept for who may edit, with the header back in front, beside a document that does not change', async () => {
    const id = await shared('Header', 'edit', WRITTEN)
    await owner.call(`POST /api/notebooks/${id}/open`, openBody())
    events.length = 0
    const answer = await draft(analyst, id, `${SOURCE}# offline\n`)
    expect(answer.body).toMatchObject({ person: { name: 'Analyst' }, created: clock.now, bytes: WRITTEN.length + 10 })
    const [only] = await kept(analyst, id)
    expect(only).toEqual(answer.body)
    expect((await analyst.call(`GET /api/notebooks/${id}/versions/${only?.id}`)).body).toEqual({
      source: `${WRITTEN}# offline\n`,
    })
    expect([await kept(owner, id), await sourceOf(owner, id), events]).toEqual([[], WRITTEN, []])
  })

  test('is kept once where the newest holds the same, and the twenty newest of a person are kept', async () => {
    const id = await shared()
    const [first, again] = [await draft(analyst, id, `${SOURCE}# 0\n`), await draft(analyst, id, `${SOURCE}# 0\n`)]
    expect(again.body).toEqual(first.body)
    for (let i = 1; i <= 20; i++) await draft(analyst, id, `${SOURCE}# ${i}\n`)
    const all = await kept(analyst, id)
    expect(all).toHaveLength(20)
    expect(all).not.toContainEqual(first.body)
  })

  test.each([
    ['too big', `${SOURCE}# ${'x'.repeat(5 * 1024 * 1024)}`, 413, 'source-too-big'],
    ['not a notebook', 'print(1)\n', 400, 'not-a-notebook'],
  ])('%s: refused', async (_, source, status, refused) => {
    const id = await shared()
    const answer = await draft(analyst, id, source)
    expect([answer.status, code(answer), await kept(analyst, id)]).toEqual([status, refused, []])
  })

  test('is not for who may only look', async () => {
    const id = await shared('Viewed', 'view')
    expect((await draft(analyst, id, SOURCE)).status).toBe(403)
    expect((await draft(await signIn(gateway, 'demo-outsider'), id, SOURCE)).status).toBe(404)
  })
})
