// Opening a notebook: which kernel, in which way, and what ends it.
import { describe, expect, test } from 'vitest'
import type { Notebook } from '#protocol/api.ts'
import type { RunnerRefusal } from '#protocol/runner.ts'
import { send, signIn } from '../testing.ts'
import { analyst, code, create, events, gateway, kernels, openBody, owner, shared } from './testing/browser.ts'

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

  test('nine at once, of a runner that takes its time: eight', async () => {
    const { start } = kernels
    const slowly = async (...given: Parameters<typeof start>) => {
      await new Promise((done) => setTimeout(done, 20))
      return start(...given)
    }
    Object.assign(kernels, { start: slowly })
    const made = await Promise.all(Array.from({ length: 9 }, () => create(owner)))
    const opened = await Promise.all(made.map(({ id }) => owner.call(`POST /api/notebooks/${id}/open`, openBody())))
    expect(opened.map(({ status }) => status).sort()).toEqual([...Array(8).fill(200), 429])
    expect(kernels.list()).toHaveLength(8)
  })

  test('an opening that fails takes no lease along; one that finds the lease held keeps it', async () => {
    const id = await shared()
    const editor = async () => ((await owner.call(`GET /api/notebooks/${id}`)).body as Notebook).editor?.name ?? null
    kernels.answer({ type: 'refused', refusal: { code: 'machine-full', message: 'The machine is full.' } })
    await analyst.call(`POST /api/notebooks/${id}/open`, openBody())
    expect(await editor()).toBeNull()
    kernels.answer(null)
    await analyst.call(`POST /api/notebooks/${id}/open`, openBody())
    kernels.answer({ type: 'absent' })
    await analyst.call(`POST /api/notebooks/${id}/open`, openBody({ fresh: true }))
    expect(await editor()).toBe('Analyst')
  })

  test('what the runner refuses, and a runner that is not there, are said', async () => {
    const { id } = await create(owner)
    const refused = async (code: RunnerRefusal['code'], message: string) => {
      kernels.answer({ type: 'refused', refusal: { code, message } })
      return (await owner.call(`POST /api/notebooks/${id}/open`, openBody())).body
    }
    for (const named of ['machine-full', 'single-person', 'zygote-down'] as const)
      expect(await refused(named, 'The machine is full.')).toMatchObject({ code: named, message: 'The machine is full.' })
    for (const fault of ['exists', 'unknown-kernel', 'bad-request'] as const)
      expect(await refused(fault, 'spec.limits is wrong')).toMatchObject({
        code: 'kernel-refused',
        message: expect.not.stringContaining('spec'),
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
