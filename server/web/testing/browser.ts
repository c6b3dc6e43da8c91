// For tests of the notebook browser: a gateway over real HTTP and real SQLite with kernels in memory and a clock of its own,
// made anew for each test of the file that imports this, and three members of the workspace signed in.
import { afterEach, beforeEach } from 'vitest'
import type { Notebook, ShellEvent } from '#protocol/api.ts'
import { LOWEST } from '#protocol/policy/label.ts'
import { memoryKernels } from '../../kernels/testing/memory.ts'
import { type Answer, type Client, send, signIn, stopGateway, type TestGateway, testGateway } from '../../testing.ts'

export const SOURCE = 'import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n    return\n'
export const WRITTEN = `# /// script\n# [tool.marimo.mcp]\n# ///\n\n${SOURCE}`

export const clock = { now: 0 }
export let gateway: TestGateway
export let kernels: ReturnType<typeof memoryKernels>
export let owner: Client
export let analyst: Client
export let colleague: Client
export let events: (readonly [to: readonly string[], event: ShellEvent])[]

beforeEach(async () => {
  clock.now = Date.now()
  kernels = memoryKernels(() => clock.now)
  gateway = await testGateway({ kernels, now: () => clock.now })
  owner = await signIn(gateway, 'demo-owner')
  analyst = await signIn(gateway, 'demo-analyst')
  colleague = await signIn(gateway, 'demo-colleague')
  events = []
  gateway.deps.desk.events.subscribe(({ to, event }) => events.push([to === 'everyone' ? ['everyone'] : to, event]))
})
afterEach(() => stopGateway(gateway))

export const create = async (who: Client, body: object = {}) => (await who.call('POST /api/notebooks', body)).body as Notebook
export const names = async (who: Client, query = '') =>
  ((await who.call(`GET /api/notebooks${query}`)).body as Notebook[]).map(({ name }) => name)
export const sourceOf = async (who: Client, id: string) =>
  ((await who.call(`GET /api/notebooks/${id}/source`)).body as { source: string }).source
export const code = ({ body }: Answer) => (body as { code?: string }).code
export const openBody = (over: object = {}) => ({ mode: 'auto', tab: 't_00000001', theme: 'light', ...over })
export const save = (notebook: string, person: string, source: string, kernel = 'k_00000001') =>
  gateway.deps.document.commit({ notebook, person: `p_demo-${person}`, kernel, trusted: true }, Buffer.from(source))

/** A notebook of Owner's that the whole workspace may edit, as seeded ones are. */
export async function shared(name = 'Shared', right: 'edit' | 'view' = 'edit', source = SOURCE, label = LOWEST): Promise<string> {
  const { desk } = gateway.deps
  const id = `n_${name.padEnd(8, '0')}`
  const bytes = Buffer.byteLength(source)
  const first = {
    id: `v_${name.padEnd(8, '0')}`,
    notebook: id,
    author: 'p_demo-owner',
    at: clock.now,
    source,
    layout: null,
    bytes,
    cells: 1,
    label,
  }
  const shares = [{ with: 'workspace', right, expires: null }] as const
  await desk.store.notebooks.create(
    { id, name, author: 'p_demo-owner', created: clock.now, shares },
    { ...first, sealed: true, coalesce: 0 },
  )
  return id
}

export const put = (
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
