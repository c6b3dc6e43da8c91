// What a gateway that is started again takes over from the kernels that ran on.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { KERNEL, LEASE } from '#protocol/limits.ts'
import type { Cause, KernelState } from '#protocol/runner.ts'
import { readyKernel } from './kernels/testing/kernel.ts'
import { memoryKernels } from './kernels/testing/memory.ts'
import type { LiveKernels } from './seams/kernels.ts'
import { type Client, signIn, stopGateway, type TestGateway, testGateway } from './testing.ts'

let gateway: TestGateway
afterEach(() => stopGateway(gateway))

type Judge = (state: KernelState) => Promise<Cause | null>
const live = (begun: (judge: Judge) => void): LiveKernels => ({
  ...memoryKernels(Date.now),
  link: () => null,
  begin: begun,
  close: () => {},
})
const { memory, processes, cpuShare, files, scratch, output } = KERNEL
const limits = { memory, processes, cpuShare, files, scratch, output }
const editor = async (who: Client, id: string) =>
  ((await who.call(`GET /api/notebooks/${id}`)).body as { editor: { name: string } | null }).editor?.name ?? null

test.each([
  ['whoever is looking', 'edit', { attached: 't_00000001', ago: 0 }, 'Owner'],
  ['whoever lost the gateway a moment ago', 'edit', { attached: null, ago: LEASE.silence - 5000 }, 'Owner'],
  ['not whoever had closed the editor before', 'edit', { attached: null, ago: LEASE.silence }, null],
  ['not a reader', 'run', { attached: 't_00000001', ago: 0 }, null],
] as const)('the lease is taken back by %s', async (_, mode, { attached, ago }, holder) => {
  let judge: Judge = async () => 'revoked'
  gateway = await testGateway({ live: live((given) => (judge = given)) })
  const owner = await signIn(gateway, 'demo-owner')
  const { id } = (await owner.call('POST /api/notebooks', {})).body as { id: string }
  const spec = { id: 'k_00000001', person: 'p_demo-owner', notebook: id, mode, autorun: false, theme: 'light', limits } as const
  const at = Date.now()
  const detachedSince = attached === null ? at - ago : null
  const state = {
    spec,
    phase: { phase: 'ready', level: 3 },
    usage: null,
    attached,
    detachedSince,
    startedAt: at,
    data: null,
  } as const
  expect(await judge(state)).toBeNull()
  expect(await editor(owner, id)).toBe(holder)
})

test('a kernel of somebody who signed out meanwhile is not kept, and takes no lease', async () => {
  let judge: Judge = async () => null
  gateway = await testGateway({ live: live((given) => (judge = given)) })
  const owner = await signIn(gateway, 'demo-owner')
  const { id } = (await owner.call('POST /api/notebooks', {})).body as { id: string }
  const spec = {
    id: 'k_00000001',
    person: 'p_demo-owner',
    notebook: id,
    mode: 'edit',
    autorun: false,
    theme: 'light',
    limits,
  } as const
  const before = {
    phase: { phase: 'ready', level: 3 },
    usage: null,
    attached: 't_00000001',
    detachedSince: null,
    startedAt: 1,
    data: null,
  } as const
  expect(await judge({ spec, ...before })).toBe('signed-out')
  expect(await editor(owner, id)).toBeNull()
})

test.each([
  ['is in its sight: it ends', 'shown', 'files-above'],
  ['is not: it is kept', undefined, null],
] as const)('a kernel with a file above its person beside its notebook; the file %s', async (_, shown, cause) => {
  let judge: Judge = async () => 'revoked'
  gateway = await testGateway({ live: live((given) => (judge = given)) })
  const owner = await signIn(gateway, 'demo-owner')
  const { id } = (await owner.call('POST /api/notebooks', {})).body as { id: string }
  const { store, uploads } = gateway.deps.desk
  mkdirSync(join(uploads, id), { recursive: true })
  writeFileSync(join(uploads, id, 'high'), 'x')
  await store.uploads.put(id, 'high', { level: 'secret', markings: ['NOBODY'] })
  const of = { id: 'k_00000001', person: 'p_demo-owner', notebook: id, mode: 'run', ...(shown ? { files: shown } : {}) } as const
  expect(await judge({ ...readyKernel(of, null), startedAt: Date.now() })).toBe(cause)
})
