// The library over real HTTP and SQLite, with PDFs read by the real reader.
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LibraryDocument } from '#protocol/api.ts'
import { DOCUMENTS } from '#protocol/limits.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import { PEOPLE } from '../data/demo.ts'
import { pdfOf } from '../knowledge/testing/pdf.ts'
import { type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../testing.ts'

const INTERNAL: Label = { level: 'internal', markings: [] }
const PERSONAL: Label = { level: 'confidential', markings: ['PII'] }

let gateway: TestGateway
let owner: Client
let analyst: Client
let colleague: Client
beforeEach(async () => {
  gateway = await testGateway()
  const edit = { by: 'p_demo-owner', at: 1000, reason: 'a test' }
  for (const [person, standing] of Object.entries(PEOPLE))
    await gateway.deps.desk.store.governance.setSubject(person, standing, edit)
  owner = await signIn(gateway, 'demo-owner')
  analyst = await signIn(gateway, 'demo-analyst')
  colleague = await signIn(gateway, 'demo-colleague')
})
afterEach(() => stopGateway(gateway))

type Body = string | Uint8Array<ArrayBuffer>
async function add(who: Client, name: string, body: Body, { level, markings }: Label = INTERNAL, headers = {}) {
  const query = new URLSearchParams({ level, markings: markings.join(',') })
  return send(gateway.origin, `POST /api/library/files/${encodeURIComponent(name)}?${query}`, {
    headers: { authorization: `Bearer ${who.bearer}`, 'content-type': 'application/octet-stream', ...headers },
    body,
  })
}
const added = async (...given: Parameters<typeof add>) => {
  const { status, body } = await add(...given)
  expect([status, body]).toEqual([200, expect.objectContaining({ id: expect.any(String) })])
  return body as LibraryDocument
}
const listed = async (who: Client) =>
  (await who.call('GET /api/library')).body as { clearance: Label | null; documents: LibraryDocument[] }
const titles = async (who: Client) => (await listed(who)).documents.map(({ title }) => title)
const code = ({ body }: { body: unknown }) => (body as { code?: string }).code
const found = async (words: string) =>
  (await gateway.deps.desk.store.knowledge.search(words, PERSONAL, 10)).map(({ passage }) => passage)

describe('a member', () => {
  test('adds a document, and finds it in the list and by its words', async () => {
    const document = await added(colleague, 'handling-rules.md', '# Handling rules\n\n## Reading\n\nWho may read.')
    expect(document).toEqual({
      id: expect.stringMatching(/^d_/),
      title: 'Handling rules',
      source: 'handling-rules.md',
      label: INTERNAL,
      by: { id: 'p_demo-colleague', name: 'Colleague' },
      added: expect.any(Number),
      bytes: 43,
      passages: 1,
      removable: true,
    })
    expect(await listed(colleague)).toEqual({ clearance: INTERNAL, documents: [document] })
    expect(await found('reading')).toEqual(['Reading\n\nWho may read.'])
  })

  test('sees what their clearance dominates, and may classify up to it', async () => {
    await added(analyst, 'people.txt', 'Who is who', PERSONAL)
    await added(colleague, 'open.txt', 'For everybody', LOWEST)
    expect(await titles(analyst)).toEqual(['open', 'people'])
    expect(await titles(colleague)).toEqual(['open'])
    for (const label of [PERSONAL, { ...INTERNAL, markings: ['PII'] }, { level: 'secret', markings: [] } as const]) {
      const refused = await add(colleague, 'mine.txt', 'x', label)
      expect([refused.status, code(refused)]).toEqual([403, 'above-clearance'])
    }
    expect(await titles(colleague)).toEqual(['open'])
  })

  test('removes what they added; the owner what they see; nobody else, and nobody what they do not see', async () => {
    const [mine, high] = [await added(colleague, 'mine.txt', 'x'), await added(analyst, 'high.txt', 'x', PERSONAL)]
    const remove = async (who: Client, { id }: { id: string }) => {
      const answer = await who.call(`DELETE /api/library/${id}`, {})
      return [answer.status, code(answer)]
    }
    expect((await listed(analyst)).documents.map(({ title, removable }) => [title, removable])).toEqual([
      ['high', true],
      ['mine', false],
    ])
    expect(await remove(analyst, mine)).toEqual([403, 'not-your-document'])
    expect(await remove(colleague, high)).toEqual(await remove(colleague, { id: 'd_nothing000' }))
    expect(await remove(colleague, high)).toEqual([404, 'not-found'])
    expect(await remove(owner, high)).toEqual([200, undefined])
    expect(await remove(colleague, mine)).toEqual([200, undefined])
    expect(await remove(colleague, mine)).toEqual([404, 'not-found'])
    expect(await titles(owner)).toEqual([])
  })

  test('who lost the clearance for what they added does not see it any more', async () => {
    const { id } = await added(analyst, 'high.txt', 'x', PERSONAL)
    const edit = { by: 'p_demo-owner', at: 2000, reason: 'a test' }
    await gateway.deps.desk.store.governance.setSubject(
      'p_demo-analyst',
      { clearance: INTERNAL, groups: [], attributes: {} },
      edit,
    )
    expect(await titles(analyst)).toEqual([])
    expect((await analyst.call(`DELETE /api/library/${id}`, {})).status).toBe(404)
  })
})

test('who is no member, or audits, sees nothing, adds nothing, removes nothing', async () => {
  const { id } = await added(colleague, 'open.txt', 'x', LOWEST)
  for (const account of ['demo-outsider', 'demo-auditor']) {
    const who = await signIn(gateway, account)
    expect(await listed(who)).toEqual({ clearance: null, documents: [] })
    expect((await add(who, 'mine.txt', 'x', LOWEST)).status).toBe(404)
    expect((await who.call(`DELETE /api/library/${id}`, {})).status).toBe(404)
  }
  expect(await titles(colleague)).toEqual(['open'])
})

describe('a file', () => {
  test('a PDF, with its text', async () => {
    await added(colleague, 'A_long-name.PDF', pdfOf('Regulatory framework'))
    expect(await titles(colleague)).toEqual(['A long name'])
    expect(await found('frameworks')).toEqual(['Regulatory framework'])
  })

  test.each([
    ['of another kind', 'a.docx', 'x', 400, 'not-a-document'],
    ['without a kind', 'pdf', 'x', 400, 'not-a-document'],
    ['that is not UTF-8', 'a.md', new Uint8Array([0xff, 0xfe, 65]), 400, 'not-utf8'],
    ['without text', 'a.md', '# Title\n\n', 422, 'no-text'],
    ['a PDF without text', 'a.pdf', pdfOf(''), 422, 'no-text'],
    ['that only says it is a PDF', 'a.pdf', '%PDF-1.7', 422, 'unreadable-pdf'],
    ['with more text than one may have', 'a.txt', 'x '.repeat(DOCUMENTS.text), 413, 'text-too-long'],
    ['that is too large', 'a.pdf', new Uint8Array(DOCUMENTS.file + 1), 413, 'file-too-big'],
  ] as const)('%s is refused and leaves nothing', async (_, name, body, status, why) => {
    const answer = await add(colleague, name, body)
    expect([answer.status, code(answer)]).toEqual([status, why])
    expect((await listed(colleague)).documents).toEqual([])
  })

  test('its length is held to while it comes', async () => {
    const headers = { authorization: `Bearer ${colleague.bearer}`, 'content-type': 'application/octet-stream' }
    const sending = request(`${gateway.origin}/api/library/files/a.txt?level=internal`, { method: 'POST', headers })
    const part = Buffer.alloc(1 << 20)
    for (let sent = 0; sent <= DOCUMENTS.file; sent += part.length) sending.write(part)
    const [answer] = (await once(sending, 'response')) as [IncomingMessage] // it has not ended
    expect([answer.statusCode, await json(answer)]).toEqual([413, expect.objectContaining({ code: 'file-too-big' })])
    sending.destroy()
  })

  test.each([
    '',
    'level=high',
    'level=internal&markings=pii',
    'level=internal&person=p_demo-analyst',
    'level=internal&level=public',
  ])('with the classification “%s” is refused', async (query) => {
    const headers = { authorization: `Bearer ${colleague.bearer}`, 'content-type': 'application/octet-stream' }
    const answer = await send(gateway.origin, `POST /api/library/files/a.txt?${query}`, { headers, body: 'x' })
    expect([answer.status, code(answer)]).toEqual([400, 'bad-request'])
  })

  test('a name that is a path is none', async () => {
    expect((await add(colleague, '../a.txt', 'x')).status).toBe(400)
  })
})

test('a full disk and a full library take no more', async () => {
  await gateway.close()
  gateway = await testGateway({ home: gateway.home, free: () => 0 })
  colleague = await signIn(gateway, 'demo-colleague')
  expect(code(await add(colleague, 'a.txt', 'x', LOWEST))).toBe('disk-full')
  await gateway.close()
  gateway = await testGateway({ home: gateway.home })
  colleague = await signIn(gateway, 'demo-colleague')
  const { knowledge } = gateway.deps.desk.store
  const about = { id: 'd_00000001', title: 'x', source: 'x.txt', label: LOWEST, by: 'p_demo-owner', at: 1, bytes: 1 }
  await knowledge.add(
    about,
    Array.from({ length: DOCUMENTS.passages }, () => 'x'),
  )
  const refused = await add(colleague, 'a.txt', 'x', LOWEST)
  expect([refused.status, refused.body]).toEqual([
    413,
    expect.objectContaining({ message: expect.stringContaining('100,000 passages') }),
  ])
})

describe('a new workspace', () => {
  const folderOf = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'library-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return folder
  }
  const plant = async (files: Record<string, string>, home?: string) => {
    await (home === undefined ? stopGateway(gateway) : gateway.close())
    gateway = await testGateway({ ...(home === undefined ? {} : { home }), env: { SCRYDON_LIBRARY: folderOf(files) } })
    return gateway.deps.desk.store.knowledge.documents({ level: 'secret', markings: ['EU', 'PII'] })
  }

  test('has the documents of a folder, classified by their first line, once', async () => {
    const files = {
      'rules.md': '<!-- classification: confidential EU PII -->\n# Rules\n\nA rule.',
      'open.md': '<!-- classification: public -->\nNo heading.',
      'other.txt': 'x',
    }
    const planted = await plant(files)
    expect(planted.map(({ id, title, label, by }) => [id, title, label, by])).toEqual([
      ['d_demo-open', 'open.md', LOWEST, 'p_demo-owner'],
      ['d_demo-rules', 'Rules', { level: 'confidential', markings: ['EU', 'PII'] }, 'p_demo-owner'],
    ])
    await gateway.deps.desk.store.knowledge.remove('d_demo-open', 'p_demo-owner', 1)
    expect(await plant(files, gateway.home)).toHaveLength(1)
  })

  test('starts without what cannot be planted, and says it in the log', async () => {
    mkdirSync(join(gateway.home, 'more'))
    expect(await plant({ 'a.md': '# No classification' })).toEqual([])
    expect(gateway.log.join('')).toContain('library not planted')
  })
})
