// Files beside a notebook count as what whoever uploaded them may have seen: who has them in list and kernel, and what that makes of kernels.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Notebook, Opened } from '#protocol/api.ts'
import { type Label, LOWEST } from '#protocol/policy/label.ts'
import * as files from '../notebooks/files.ts'
import type { Client } from '../testing.ts'
import { analyst, clock, code, colleague, create, gateway, kernels, owner, put, SOURCE, save, shared } from './testing/browser.ts'
import { clear, edit, governance, HIGH, INTERNAL, open, PERSONAL, SAVED } from './testing/labelled.ts'

const desk = () => gateway.deps.desk
const folder = (id: string) => join(gateway.home, 'uploads', id)
const opened = async (who: Client, id: string, over: object = {}) => (await open(who, id, over)).body as Opened
const specOf = ({ kernel }: Opened) => kernels.get(kernel)?.spec
const ended = ({ kernel }: Opened) => {
  const phase = kernels.get(kernel)?.phase
  return phase?.phase === 'exited' ? phase.cause : null
}
const labels = async (id: string) => Object.fromEntries(await desk().store.uploads.labels(id))
const list = (who: Client, id: string) => who.call(`GET /api/notebooks/${id}/files`)
/** By somebody whose kernel of the notebook has read that much. */
async function putHigh(who: Client, id: string, name = 'high', label: Label = PERSONAL) {
  await governance().raise((await opened(who, id)).kernel, label)
  return put(who, id, name, 'their content')
}

/** Called when something waits for its turn. */
function onceWaiting(then: () => void): void {
  const { serial } = desk()
  const watched: typeof serial = (key, work) => {
    let begun = false
    setImmediate(() => begun || then())
    return serial(key, () => {
      begun = true
      return work()
    })
  }
  Object.assign(desk(), { serial: watched })
}

beforeEach(async () => {
  for (const person of ['owner', 'analyst']) await clear(person, PERSONAL)
  await clear('colleague', INTERNAL)
  await governance().raise(HIGH, PERSONAL)
})

describe('what a file counts as', () => {
  test('the newest version that they see, and what their kernel of the notebook has read; without one, as the workspace', async () => {
    const id = await shared()
    await put(owner, id, 'brought', 'x')
    await governance().setWorkspace({ label: INTERNAL, grants: [] }, edit())
    await put(owner, id, 'later', 'x')
    await putHigh(analyst, id, 'read')
    await save(id, 'analyst', SAVED, HIGH)
    await put(owner, id, 'after', 'x')
    expect(await labels(id)).toEqual({ brought: LOWEST, later: INTERNAL, read: PERSONAL, after: PERSONAL })
    const told = [
      { name: 'after', label: PERSONAL },
      { name: 'brought', label: LOWEST },
      { name: 'later', label: INTERNAL },
      { name: 'read', label: PERSONAL },
    ]
    expect((await list(owner, id)).body).toMatchObject(told)
  })

  test('what was read while it came, too, and in a preview', async () => {
    const id = await shared()
    const { kernel } = await opened(owner, id, { preview: { clearance: PERSONAL, groups: [] } })
    const bytes = Readable.from(
      (async function* () {
        yield Buffer.from('one')
        expect(readdirSync(folder(id))).toEqual([]) // what comes is in no kernel's sight
        await governance().raise(kernel, INTERNAL)
        yield Buffer.from('two')
      })(),
    )
    const by = desk().identity.find('p_demo-owner') ?? expect.fail('nobody')
    await files.put(desk(), gateway.deps.beside, by, id, { name: 'slow', declared: 0, bytes })
    expect([await labels(id), readFileSync(join(folder(id), 'slow'), 'utf8')]).toEqual([{ slow: INTERNAL }, 'onetwo'])
  })

  test('what is written over it stands for itself, and what goes is forgotten; kernels count on as what they had in sight', async () => {
    const id = await shared()
    await putHigh(owner, id)
    const { kernel } = await opened(analyst, id, { mode: 'run' })
    await owner.call(`POST /api/kernels/${(await opened(owner, id)).kernel}/stop`)
    expect((await put(owner, id, 'high', 'low by now')).status).toBe(200)
    expect(await labels(id)).toEqual({ high: LOWEST })
    expect((await list(colleague, id)).body).toMatchObject([{ name: 'high', label: LOWEST }])
    await owner.call(`DELETE /api/notebooks/${id}/files/high`)
    expect(await labels(id)).toEqual({})
    expect(await governance().label(kernel)).toEqual(PERSONAL)
    expect((await opened(analyst, id, { mode: 'run', fresh: true })).label).toEqual(LOWEST)
  })

  test('one that was there before counts as the workspace, and no less than those beside it', async () => {
    await governance().setWorkspace({ label: INTERNAL, grants: [] }, edit())
    const id = await shared('Shared', 'edit', SOURCE, INTERNAL)
    await put(owner, id, 'known', 'x')
    writeFileSync(join(folder(id), 'old'), 'x')
    expect((await opened(colleague, id, { mode: 'run' })).label).toEqual(INTERNAL)
    expect((await putHigh(owner, id)).body).toMatchObject({ label: PERSONAL })
    const before = await opened(analyst, id, { mode: 'run' })
    expect([specOf(before)?.files, before.label]).toEqual(['shown', PERSONAL])
  })

  const unwritten = () => Promise.reject(new Error('full'))
  /** What came is gone before it can have its name. */
  const unmoved = async () => {
    for (const part of readdirSync(join(gateway.home, 'uploads')).filter((name) => name.startsWith('.')))
      rmSync(join(gateway.home, 'uploads', part))
  }
  test.each([
    ['before it is there', [unwritten], 'their content'],
    ['on its way', [unmoved], 'their content'],
    ['when it is there', [async () => {}, unwritten], 'low by now'],
  ] as const)('a write that fails %s leaves nothing that counts less than it is', async (_, fail, content) => {
    const id = await shared()
    await putHigh(owner, id)
    await owner.call(`POST /api/kernels/${(await opened(owner, id)).kernel}/stop`)
    const { uploads } = desk().store
    const write = uploads.put
    const failing = fail.values()
    const watched: typeof write = async (...of) => {
      await failing.next().value?.()
      return write(...of)
    }
    Object.assign(uploads, { put: watched })
    expect((await put(owner, id, 'high', 'low by now')).status).toBe(500)
    expect(readFileSync(join(folder(id), 'high'), 'utf8')).toBe(content)
    expect(await labels(id)).toEqual({ high: PERSONAL })
    expect(readdirSync(join(gateway.home, 'uploads'))).toEqual([id])
  })
})

describe('who is not cleared for all of them', () => {
  test('is told that, without names, and neither adds, replaces nor removes any', async () => {
    const id = await shared()
    await put(colleague, id, 'own', 'x')
    await putHigh(owner, id)
    for (const answer of [
      await list(colleague, id),
      await put(colleague, id, 'other', 'x'),
      await put(colleague, id, 'high', 'x'),
      await colleague.call(`DELETE /api/notebooks/${id}/files/own`),
      await colleague.call(`DELETE /api/notebooks/${id}/files/none`),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'files-above' } })
      expect(JSON.stringify(answer.body)).not.toContain('high')
    }
    expect(readdirSync(folder(id)).sort()).toEqual(['high', 'own'])
    await owner.call(`DELETE /api/notebooks/${id}/files/high`)
    expect((await list(colleague, id)).body).toMatchObject([{ name: 'own' }])
  })

  test('puts none there that would count above them', async () => {
    const id = await shared()
    await clear('owner', INTERNAL)
    expect(code(await putHigh(owner, id))).toBe('files-above')
    expect(existsSync(folder(id))).toBe(false)
  })

  test('gets none in a kernel; who is cleared does, and the kernel counts as them, before it is started', async () => {
    const id = await shared()
    await putHigh(owner, id)
    await governance().raise((await opened(owner, id)).kernel, PERSONAL)
    const below = await opened(colleague, id, { mode: 'run' })
    expect([specOf(below)?.files, below.label]).toEqual([undefined, LOWEST])
    const above = await opened(analyst, id, { mode: 'run' })
    expect([specOf(above)?.files, above.label]).toEqual(['shown', PERSONAL])
    const sight = (await analyst.call(`GET /api/kernels/${above.kernel}/sight`)).body
    expect(sight).toMatchObject({ raised: [{ of: 'files', label: PERSONAL }] })
    const preview = await opened(analyst, id, { preview: { clearance: INTERNAL, groups: [] } })
    expect([specOf(preview)?.files, preview.label]).toEqual([undefined, LOWEST])
  })

  test('any more: the kernel that has them in sight ends', async () => {
    const id = await shared()
    await putHigh(owner, id)
    const kernel = await opened(analyst, id, { mode: 'run' })
    await clear('analyst', INTERNAL)
    await gateway.deps.data.recheck()
    expect(ended(kernel)).toBe('withdrawn')
    expect(specOf(await opened(analyst, id, { mode: 'run' }))?.files).toBeUndefined()
  })

  test('duplicates without them; who is takes them along as they count', async () => {
    const id = await shared()
    await put(owner, id, 'low', 'x')
    await putHigh(owner, id)
    const copy = async (who: Client) => ((await who.call(`POST /api/notebooks/${id}/duplicate`)).body as Notebook).id
    const [without, along] = [await copy(colleague), await copy(analyst)]
    expect((await list(colleague, without)).body).toEqual([])
    expect([existsSync(folder(without)), readdirSync(folder(along)).sort()]).toEqual([false, ['high', 'low']])
    expect(await labels(along)).toEqual({ high: PERSONAL, low: LOWEST })
    expect((await opened(analyst, along)).label).toEqual(PERSONAL)
  })
})

describe('kernels that live when a file comes', () => {
  test('count as it, which their pages are told, or end, before it is there', async () => {
    const id = await shared()
    const [above, below] = [await opened(analyst, id, { mode: 'run' }), await opened(colleague, id, { mode: 'run' })]
    const preview = await opened(analyst, id, { preview: { clearance: INTERNAL, groups: [] } })
    const own = await opened(owner, id)
    const elsewhere = await opened(colleague, (await create(colleague)).id)
    const seen: unknown[] = []
    desk().events.subscribe(({ event }) => {
      if (event.type === 'label' && event.notebook === id)
        seen.push([event.kernel, event.label, existsSync(join(folder(id), 'high'))])
    })
    kernels.subscribe(({ event }) => seen.push([event.kernel, existsSync(join(folder(id), 'high'))]))
    await putHigh(owner, id)
    expect([ended(above), ended(below), ended(preview), ended(own), ended(elsewhere)]).toEqual([
      null,
      'files-above',
      'files-above',
      null,
      null,
    ])
    expect(seen).toEqual(
      expect.arrayContaining([
        [above.kernel, PERSONAL, false],
        [own.kernel, PERSONAL, false],
        [below.kernel, false],
        [preview.kernel, false],
      ]),
    )
    expect(seen).toHaveLength(4)
    expect(await governance().label(above.kernel)).toEqual(PERSONAL)
  })

  test('without the files in sight go on, and get none', async () => {
    const id = await shared()
    await putHigh(owner, id)
    const below = await opened(colleague, id, { mode: 'run' })
    await putHigh(owner, id, 'another')
    expect([ended(below), await governance().label(below.kernel)]).toEqual([null, LOWEST])
  })

  test.each([
    ['counts as it', 'analyst'],
    ['ends', 'colleague'],
  ] as const)('one whose start is under way %s', async (_, person) => {
    const id = await shared()
    await governance().raise((await opened(owner, id)).kernel, PERSONAL)
    const go = kernels.hold()
    const starting = Promise.withResolvers<void>()
    const { start } = kernels
    const watched: typeof start = (...of) => {
      starting.resolve()
      return start(...of)
    }
    Object.assign(kernels, { start: watched })
    const opening = opened(person === 'analyst' ? analyst : colleague, id, { mode: 'run' })
    await starting.promise
    onceWaiting(go)
    expect((await put(owner, id, 'high', 'x').finally(go)).status).toBe(200)
    const kernel = await opening
    const counts = await governance().label(kernel.kernel)
    expect([specOf(kernel)?.files, ended(kernel), counts]).toEqual(
      person === 'analyst' ? ['shown', null, PERSONAL] : ['shown', 'files-above', LOWEST],
    )
  })

  test('and whose end does not reach the runner: it does not come', async () => {
    const id = await shared()
    const below = await opened(colleague, id, { mode: 'run' })
    kernels.away(true)
    expect(code(await putHigh(owner, id))).toBe('files-wait')
    expect([ended(below), existsSync(join(folder(id), 'high'))]).toEqual([null, false])
    kernels.away(false)
    expect((await put(owner, id, 'high', 'x')).status).toBe(200)
  })

  test('and of which nothing is known: one that counts more does not come, others do', async () => {
    const id = await shared()
    const { kernel } = await opened(owner, id)
    Object.assign(kernels, { info: () => null })
    expect((await put(owner, id, 'low', 'x')).status).toBe(200)
    await governance().raise(kernel, PERSONAL)
    expect(code(await put(owner, id, 'high', 'x'))).toBe('files-wait')
    expect(readdirSync(folder(id))).toEqual(['low'])
  })

  test('that are met again: what came meanwhile counts in them, or ends them', async () => {
    const id = await shared()
    const [above, below] = [await opened(analyst, id, { mode: 'run' }), await opened(colleague, id, { mode: 'run' })]
    await put(owner, id, 'high', 'x')
    await desk().store.uploads.put(id, 'high', PERSONAL)
    const judged = [above, below].map(({ kernel }) =>
      gateway.deps.beside.mayKeep(kernels.get(kernel) ?? expect.fail('no kernel')),
    )
    expect(await Promise.all(judged)).toEqual([true, false])
    expect(await governance().label(above.kernel)).toEqual(PERSONAL)
  })
})

test('what they count as goes with the notebook', async () => {
  const { purge } = await import('../gateway.ts')
  const { id } = await create(owner)
  await put(owner, id, 'a', 'x')
  await owner.call(`DELETE /api/notebooks/${id}`)
  clock.now += 31 * 86_400_000
  await purge(desk())
  expect([await labels(id), existsSync(folder(id))]).toEqual([{}, false])
})
