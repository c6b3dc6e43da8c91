// Saves of kernels: the real store, policies, data plane and workers.
import { createHash } from 'node:crypto'
import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ARTEFACT } from '#protocol/limits.ts'
import { handed } from '../data/testing/writing.ts'
import { SavingHouse } from './testing/saving.ts'

const house = new SavingHouse()
const file = { name: 'report.txt', content: { kind: 'file' }, body: Buffer.from('hello') } as const
const PERSONAL = { level: 'confidential', markings: ['PII'] }
const INTERNAL = { level: 'internal', markings: [] }
/** A kernel of its own for each test: what it has read is nobody else's. */
let kernels = 0
const fresh = (person: string, mode: 'edit' | 'run' = 'edit') => house.kernelOf(person, mode, `${person}${++kernels}`)

beforeAll(() => house.start(), 60_000)
afterAll(() => house.end())
beforeEach(async () => {
  house.free = Number.POSITIVE_INFINITY
  for (const { id } of await house.store.artefacts.list()) {
    await house.store.artefacts.remove(id, 'p_demo-owner', 1)
    await house.files.remove(id)
  }
  expect(house.kept()).toEqual([])
})

describe('a save', () => {
  test('is a file, an entry and a row of the audit, its maker’s alone', async () => {
    const kernel = fresh('analyst')
    const { ok } = await house.save('analyst', file, kernel)
    expect(ok).toEqual({
      state: 'saved',
      artefact: {
        id: expect.stringMatching(/^a_/),
        name: 'report.txt',
        kind: 'file',
        bytes: 5,
        label: INTERNAL,
        maker: 'Analyst',
        at: expect.any(Number),
      },
    })
    const { id } = ok.artefact
    expect(house.bytesOf(id).toString()).toBe('hello')
    const digest = createHash('sha256').update('hello').digest('hex')
    const whose = { kernel: kernel.spec.id, notebook: 'n_00000001' }
    const stored = { ...whose, digest, maker: 'p_demo-analyst', released: [], version: 1 }
    expect(await house.store.artefacts.get(id)).toMatchObject(stored)
    expect(await house.record(1)).toEqual([
      {
        kind: 'artefact-saved',
        person: 'p_demo-analyst',
        ...whose,
        version: null,
        artefact: id,
        what: 'file',
        bytes: 5,
        digest,
        label: INTERNAL,
        inputs: [],
      },
    ])
  })

  test('counts as all that its kernel had read, names the tables with their policies, nothing of another kernel', async () => {
    const kernel = fresh('analyst')
    await house.read('analyst', 'flights', ['carrier'], kernel)
    await house.read('analyst', 'compliance_authorities', null, kernel)
    const { ok } = await house.save('analyst', file, kernel)
    expect(ok.artefact.label).toEqual(PERSONAL)
    const { version } = await house.ruling.policy('flights')
    const tables = [
      { table: 'compliance_authorities', policy: (await house.ruling.policy('compliance_authorities')).version, label: PERSONAL },
      { table: 'flights', policy: version, label: INTERNAL },
    ]
    expect((await house.store.artefacts.get(ok.artefact.id))?.inputs).toEqual({ tables, library: null })
    expect((await house.save('analyst', file, fresh('analyst'))).ok.artefact.label).toEqual(INTERNAL)
  })

  test('counts what was read while it was under way', async () => {
    const kernel = fresh('analyst')
    const asked = house.asked('late')
    const { ok } = await house.ask('analyst', 'artefacts.save', { ...asked, content: { kind: 'file' } }, kernel)
    await house.read('analyst', 'compliance_authorities', null, kernel)
    await house.hand(kernel, ok.plan, Buffer.from('x'))
    expect((await house.ask('analyst', 'artefacts.saved', asked, kernel)).ok.artefact.label).toEqual(PERSONAL)
  })

  test('of rows is a table of what was announced', async () => {
    const frame = { carrier: { type: 'text', values: ['UA', null] } } as const
    const framed = handed(frame)
    const length = Number(framed.readBigUInt64LE(1)) // the Arrow stream is its first frame
    const content = { kind: 'table', columns: [{ name: 'carrier', type: 'text' }] } as const
    const order = { name: 'carriers', content, body: framed.subarray(9, 9 + length) }
    const { ok } = await house.save('analyst', order, fresh('analyst'))
    expect(house.bytesOf(ok.artefact.id).subarray(0, 4).toString()).toBe('PAR1')
    const other = { ...order, content: { kind: 'table', columns: [{ name: 'other', type: 'text' }] } } as const
    expect((await house.save('analyst', other, fresh('analyst'))).error).toMatchObject({ code: 'artefact-shape' })
    expect(house.kept()).toEqual([ok.artefact.id])
  })

  test('of what is no picture is refused and leaves nothing', async () => {
    const order = { name: 'plot', content: { kind: 'picture' }, body: Buffer.from('<svg onload="x"/>') } as const
    expect((await house.save('analyst', order, fresh('analyst'))).error).toMatchObject({
      code: 'artefact-shape',
      message: expect.stringContaining('“plot”'),
    })
    expect(house.kept()).toEqual([])
    expect(await house.store.artefacts.list()).toEqual([])
    expect(await house.record(1)).toMatchObject([{ kind: 'artefact-refused', what: 'picture', why: 'content' }])
  })

  test('is refused in a kernel that reads its notebook, with the name of what it was about, on record', async () => {
    const reader = fresh('analyst', 'run')
    const { error } = await house.save('analyst', file, reader)
    expect(error).toMatchObject({ code: 'readers', message: expect.stringContaining('“report.txt”') })
    const where = { person: 'p_demo-analyst', notebook: 'n_00000001', version: null, kernel: reader.spec.id }
    expect(await house.record(1)).toEqual([{ kind: 'call-barred', ...where, call: 'artefacts.save' }])
  })

  test('is refused to who is no member, and where there is no data', async () => {
    for (const person of ['auditor', 'outsider'])
      expect((await house.save(person, file, fresh(person))).error).toMatchObject({ code: 'artefact-members' })
    const refused = { person: 'p_demo-outsider', notebook: 'n_00000001', version: null, kernel: expect.any(String) }
    expect(await house.record(1)).toEqual([{ kind: 'artefact-refused', ...refused, what: 'file', why: 'members' }])
    expect((await house.save('analyst', file, { ...fresh('analyst'), data: null })).error).toMatchObject({ code: 'not-here' })
  })

  test('is refused where the disk is nearly full, before anything is handed over', async () => {
    house.free = ARTEFACT.bytes
    expect((await house.save('analyst', file, fresh('analyst'))).error).toMatchObject({ code: 'artefact-disk' })
  })

  test('above what one may keep leaves no file', async () => {
    const { ok } = await house.save('analyst', file, fresh('analyst'))
    const kept = await house.store.artefacts.get(ok.artefact.id)
    if (kept === null) throw new Error('it was saved')
    const { released: _, version: __, ...said } = kept
    const large = { ...said, name: 'large', id: 'a_large0000', save: 's_large000000000000000', bytes: ARTEFACT.stored - 5 }
    expect(await house.store.artefacts.add(large)).toBe('added')
    const { error } = await house.save('analyst', { ...file, name: 'other' }, fresh('analyst'))
    expect(error).toMatchObject({ code: 'artefact-full', message: expect.stringContaining('1 GB') })
    expect(house.kept()).toEqual([ok.artefact.id])
  })

  test('again, the same from the same notebook is the one there is, its file whole again; with another label it is another', async () => {
    const [first, second] = [fresh('analyst'), fresh('analyst')]
    const { ok } = await house.save('analyst', file, first)
    writeFileSync(join(house.served.artefacts, ok.artefact.id), 'spoiled')
    const again = await house.save('analyst', file, second)
    expect(again.ok.artefact).toEqual({ ...ok.artefact, at: expect.any(Number) })
    expect(house.kept()).toEqual([ok.artefact.id])
    expect(house.bytesOf(ok.artefact.id).toString()).toBe('hello')
    await house.read('analyst', 'compliance_authorities', null, second)
    const other = await house.save('analyst', file, second)
    expect(other.ok.artefact).toMatchObject({ name: file.name, label: PERSONAL })
    expect(house.kept()).toEqual([ok.artefact.id, other.ok.artefact.id].sort())
  })

  test('one person has two under way at most', async () => {
    const kernel = fresh('colleague')
    const begin = (name: string) =>
      house.ask('colleague', 'artefacts.save', { ...house.asked(name), content: { kind: 'file' } }, kernel)
    const [one, two] = [await begin('one'), await begin('two')]
    expect((await begin('three')).error).toMatchObject({ code: 'artefact-busy' })
    for (const { ok } of [one, two]) await house.hand(kernel, ok.plan, Buffer.from('x'))
    await expect.poll(async () => (await house.store.artefacts.list()).length).toBe(2)
    expect((await house.save('colleague', file, kernel)).ok.state).toBe('saved')
  })
})

describe('asked twice', () => {
  test('it is one save; with another content it is refused', async () => {
    const kernel = fresh('analyst')
    const asked = house.asked('x')
    const ask = () => house.ask('analyst', 'artefacts.save', { ...asked, content: { kind: 'file' } }, kernel)
    const [one, two] = await Promise.all([ask(), ask()])
    expect(one).toEqual(two)
    const other = await house.ask('analyst', 'artefacts.save', { ...asked, content: { kind: 'picture' } }, kernel)
    expect(other.error).toMatchObject({ code: 'bad-question' })
    await house.hand(kernel, one.ok.plan, Buffer.from('x'))
    const saved = () => house.ask('analyst', 'artefacts.saved', asked, kernel)
    expect(await saved()).toEqual(await saved())
    expect(await house.store.artefacts.list()).toHaveLength(1)
  })

  test('a new gateway knows what is in the book, and says of the rest that it was cut', async () => {
    const kernel = fresh('analyst')
    const [done, open] = [house.asked('done'), house.asked('open')]
    const plan = async (asked: object) =>
      (await house.ask('analyst', 'artefacts.save', { ...asked, content: { kind: 'file' } }, kernel)).ok.plan
    await house.hand(kernel, await plan(done), Buffer.from('x'))
    const said = await house.ask('analyst', 'artefacts.saved', done, kernel)
    await plan(open)
    await house.gateway()
    expect(await house.ask('analyst', 'artefacts.saved', done, kernel)).toEqual(said)
    expect((await house.ask('analyst', 'artefacts.saved', open, kernel)).error).toMatchObject({ code: 'artefact-cut' })
    const other = { ...kernel, spec: { ...kernel.spec, id: 'k_another00' as const } }
    expect((await house.ask('analyst', 'artefacts.saved', done, other)).error).toMatchObject({ code: 'artefact-cut' })
  })
})

test('a data plane that is killed: the kernel is told that nothing was kept, and the next save is whole', async () => {
  const kernel = fresh('analyst')
  const asked = house.asked('x')
  await house.ask('analyst', 'artefacts.save', { ...asked, content: { kind: 'file' } }, kernel)
  await house.served.kill()
  await house.served.start()
  expect((await house.ask('analyst', 'artefacts.saved', asked, kernel)).error).toMatchObject({ code: 'artefact-cut' })
  expect((await house.save('analyst', file, fresh('analyst'))).ok.state).toBe('saved')
}, 60_000)

test('files without an entry are swept, those of a save under way and of others are not', async () => {
  const { ok } = await house.save('analyst', file, fresh('analyst'))
  for (const name of ['a_nobodys0', '.a_nobodys1', 'README']) writeFileSync(join(house.served.artefacts, name), 'x')
  await house.files.sweep((id) => house.saves.has(id))
  expect(house.kept()).toEqual(['README', ok.artefact.id].sort())
  unlinkSync(join(house.served.artefacts, 'README'))
})

test('a kernel lists what its person may open and what counts no higher than itself', async () => {
  const reading = fresh('analyst')
  await house.read('analyst', 'compliance_authorities', null, reading)
  await house.save('analyst', { ...file, name: 'personal' }, reading)
  await house.save('analyst', { ...file, name: 'internal' }, fresh('analyst'))
  const names = async (person: string, kernel = fresh(person)) =>
    (await house.ask(person, 'artefacts.list', {}, kernel)).ok.artefacts.map(({ name }: { name: string }) => name)
  expect((await names('analyst', reading)).sort()).toEqual(['internal', 'personal'])
  expect(await names('analyst')).toEqual(['internal'])
  expect(await names('owner')).toEqual([])
  const [internal] = (await house.store.artefacts.list()).filter(({ name }) => name === 'internal')
  const change = { by: 'p_demo-analyst', at: 1, onto: 1, reason: 'a test' }
  await house.store.artefacts.release(internal?.id ?? '', [{ who: 'workspace' }], change)
  expect(await names('colleague')).toEqual(['internal'])
  expect(await names('auditor')).toEqual([])
})
