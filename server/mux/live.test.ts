// The main job on the real thing: gateway, kernel runner and marimo kernels, driven by a client that speaks what a browser
// speaks. The gateway is killed on the way, and nothing that was acknowledged or computed is lost.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { send } from '../testing.ts'
import { type KernelTab, Tab } from './testing/browser.ts'
import { Running } from './testing/processes.ts'

const home = mkdtempSync(join(tmpdir(), 'live-'))
const env = { SCRYDON_HOME: home, PORT: '0', CONTENT_PORT: '0', SCRYDON_EXAMPLES: join(home, 'none'), LOG_LEVEL: 'info' }
const cell = (body: string) => `@app.cell\ndef _():\n${body.replace(/^/gm, '    ')}\n    return\n`
const notebook = (...cells: string[]) =>
  `import marimo\n\napp = marimo.App()\n\n\n${cells.map(cell).join('\n\n')}\n\nif __name__ == "__main__":\n    app.run()\n`

let runner: Running
let gateway: Running
let origin = ''

async function startGateway(): Promise<void> {
  gateway = new Running('server/main.ts', env)
  origin = (JSON.parse(await gateway.said('"listening"')) as { origin: string }).origin
  await gateway.said('kernel runner connected')
}

beforeAll(async () => {
  runner = new Running('kernel-runner/main.ts', env)
  await runner.said('"listening"')
  await startGateway()
}, 120_000)

afterAll(async () => {
  await gateway.end('SIGTERM')
  await runner.end('SIGTERM')
  rmSync(home, { recursive: true, force: true })
}, 30_000)

/** A person by their cookie, over every restart. */
class Person {
  readonly #cookie: string
  #bearer = ''

  private constructor(cookie: string) {
    this.#cookie = cookie
  }

  static async signIn(account: string): Promise<Person> {
    const body = JSON.stringify({ account })
    const signed = await send(origin, 'POST /api/sign-in', { headers: { origin, 'content-type': 'application/json' }, body })
    const person = new Person((signed.headers.get('set-cookie') ?? '').split(';')[0] ?? '')
    await person.prove()
    return person
  }

  async prove(): Promise<void> {
    const minted = await send(origin, 'POST /api/bearer', { headers: { origin, cookie: this.#cookie, 'x-scrydon': '1' } })
    this.#bearer = (minted.body as { bearer: string }).bearer
  }

  async call<T>(route: string, given?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.#bearer}`, ...(given && { 'content-type': 'application/json' }) }
    const answer = await send(origin, route, { headers, ...(given && { body: JSON.stringify(given) }) })
    expect([route, answer.status, answer.body]).toEqual([route, 200, answer.body])
    return answer.body as T
  }

  async tab(resume?: string): Promise<{ readonly tab: Tab; readonly id: string; readonly resume: string }> {
    const tab = new Tab(origin, { bearer: this.#bearer, resume })
    const welcome = await tab.welcome()
    return { tab, id: welcome.tab, resume: welcome.resume }
  }

  open = (id: string, tab: string) =>
    this.call<{ kernel: string; mode: string }>(`POST /api/notebooks/${id}/open`, { mode: 'auto', tab, theme: 'light' })

  source = async (id: string) => (await this.call<{ source: string }>(`GET /api/notebooks/${id}/source`)).source
}

const ready = (kernel: KernelTab) => kernel.texts.find(({ op }) => op === 'kernel-ready', 'kernel-ready', 60_000)
/** What a cell shows, and nothing around it: a timestamp may hold any number. */
const shown = (message: object) => JSON.stringify((message as { output?: { data?: unknown } | null }).output?.data ?? '')
const output = (kernel: KernelTab, text: string) =>
  kernel.texts.find((message) => message.op === 'cell-op' && shown(message).includes(text), `the output ${text}`, 30_000)
const whole = (kernel: KernelTab, from: number) =>
  expect(kernel.sequences).toEqual(kernel.sequences.map((_, index) => from + index))
const saving = (ids: readonly string[], codes: readonly string[]) => ({
  cellIds: ids,
  codes,
  names: ids.map(() => '_'),
  configs: ids.map(() => ({ hide_code: false, disabled: false, column: null })),
  filename: 'what the frame believes.py',
  layout: null,
  persist: true,
})

test('edit: open, run, save; the gateway is killed and nothing is lost', { timeout: 180_000 }, async () => {
  const owner = await Person.signIn('p_demo-owner')
  const { id } = await owner.call<{ id: string }>('POST /api/notebooks', {
    name: 'Live',
    source: notebook('x = 6 * 7\nx', 'y = x + 1\ny'),
  })
  const first = await owner.tab()
  const { kernel, mode } = await owner.open(id, first.id)
  expect(mode).toBe('edit')
  const one = first.tab.kernel(kernel)
  const ids = (await ready(one)).cell_ids as string[]

  // Opening runs nothing, whatever the frame asks for; running runs, and what depends on it too.
  expect((await one.ask('/api/kernel/instantiate', { objectIds: [], values: [], autoRun: true })).head.status).toBe(200)
  expect((await one.ask('/api/kernel/read_code')).head.status).toBe(200)
  expect(one.texts.seen.some((message) => message.op === 'cell-op' && message.status === 'running')).toBe(false)
  expect((await one.ask('/api/kernel/run', { cellIds: ids, codes: ['x = 6 * 7\nx', 'y = x + 1\ny'] })).head.status).toBe(200)
  await output(one, '42')
  await output(one, '43')

  const saved = await one.ask('/api/kernel/save', saving(ids, ['x = 6 * 7\nx', 'y = x + 2\ny']))
  expect([saved.head.status, saved.body.toString()]).toEqual([200, await owner.source(id)])
  expect(await owner.source(id)).toContain('y = x + 2')

  // Killed while a cell speaks and a save is on its way.
  one.send('/api/kernel/run', {
    cellIds: [ids[0]],
    codes: ['import time\nfor i in range(40):\n    print("tick", i)\n    time.sleep(0.05)\nx = 100\nx'],
  })
  await one.texts.find((message) => JSON.stringify(message).includes('tick'), 'the first tick')
  const save = saving(ids, ['x = 100\nx', 'y = x + 3\ny'])
  const under = one.send('/api/kernel/save', save)
  await gateway.end('SIGKILL')
  first.tab.drop()
  const point = one.resumePoint

  await startGateway()
  await owner.prove()
  const second = await owner.tab(first.resume)
  expect(second.id).toBe(first.id)
  const two = second.tab.kernel(kernel, point)
  const opened = await two.opened.find()
  expect(opened).toMatchObject({ resumed: true, stream: point.stream, next: point.received + 1 })
  const again = opened.received < under ? two.send('/api/kernel/save', save) : under
  const answer =
    one.answers.seen.find(({ head }) => head.request === under) ??
    (await two.answers.find(({ head }) => head.request === again, 'the save', 30_000))
  expect(answer.head.status).toBe(200)
  expect(await owner.source(id)).toContain('y = x + 3')
  await output(two, '100')
  whole(two, point.received + 1)
  const ticks = [...one.texts.seen, ...two.texts.seen].flatMap((message) => JSON.stringify(message).match(/tick \d+/g) ?? [])
  expect([...new Set(ticks)]).toHaveLength(40)
  expect(ticks).toHaveLength(40)

  // The kernel is the same one: its variables are there.
  expect((await two.ask('/api/kernel/run', { cellIds: [ids[1]], codes: ['y = x + 11\ny'] })).head.status).toBe(200)
  await output(two, '111')
  second.tab.drop()
})

test('run: a second person has a kernel of their own that runs at once and takes no orders', { timeout: 120_000 }, async () => {
  const owner = await Person.signIn('p_demo-owner')
  const colleague = await Person.signIn('p_demo-colleague')
  const shared = (await owner.call<{ id: string; name: string }[]>('GET /api/notebooks')).find(({ name }) => name === 'Live')
  const hidden = await colleague.call<unknown[]>('GET /api/notebooks')
  expect(hidden).toEqual([])
  const own = await colleague.call<{ id: string }>('POST /api/notebooks', {
    name: 'Mine',
    source: notebook('import marimo as mo', 's = mo.ui.slider(1, 9)\ns', '"v" + str(1 + 1)'),
  })
  const { tab, id } = await colleague.tab()
  const opened = await colleague.call<{ kernel: string; mode: string }>(`POST /api/notebooks/${own.id}/open`, {
    mode: 'run',
    tab: id,
    theme: 'dark',
  })
  expect(opened.mode).toBe('run')
  const kernel = tab.kernel(opened.kernel)
  await ready(kernel)
  await output(kernel, 'v2')
  expect((await kernel.ask('/api/kernel/set_ui_element_value', { objectIds: [], values: [] })).head.status).toBe(200)
  for (const path of ['run', 'save', 'read_code', 'instantiate'])
    expect((await kernel.ask(`/api/kernel/${path}`)).head.status).toBe(403)
  expect((await kernel.ask('/api/export/html', { download: false })).head.status).toBe(403)
  expect(shared).toBeDefined()
  tab.drop()
})

test('tables, settings, application settings and layout on the real thing', { timeout: 120_000 }, async () => {
  const owner = await Person.signIn('p_demo-owner')
  const cells = ['import marimo as mo\nt = mo.ui.table([{"n": i, "s": "row" + str(i)} for i in range(500)])\nt']
  const { id } = await owner.call<{ id: string }>('POST /api/notebooks', { name: 'Table', source: notebook(...cells) })
  const { tab, id: tabId } = await owner.tab()
  const { kernel } = await owner.open(id, tabId)
  const channel = tab.kernel(kernel)
  const ids = (await ready(channel)).cell_ids as string[]
  await channel.ask('/api/kernel/instantiate', { objectIds: [], values: [], autoRun: false })
  await channel.ask('/api/kernel/run', { cellIds: ids, codes: cells })
  const shown = JSON.stringify(await output(channel, 'marimo-table'))
  const namespace = /object-id=[\\'"]+([\w-]+)/.exec(shown)?.[1] ?? ''
  expect(namespace).not.toBe('')

  const call = {
    functionCallId: 'c1',
    namespace,
    functionName: 'search',
    args: { query: 'row499', page_size: 10, page_number: 0 },
  }
  expect((await channel.ask('/api/kernel/function_call', call)).head.status).toBe(200)
  const result = await channel.texts.find(({ op }) => op === 'function-call-result', 'what the search found', 30_000)
  expect(JSON.stringify(result)).toContain('row499')
  const download = await channel.ask('/api/kernel/function_call', {
    ...call,
    functionName: 'download_as',
    args: { format: 'csv' },
  })
  expect(download.head.status).toBe(403)

  const mine = { display: { theme: 'dark' }, mcp: { mcpServers: { bad: { command: 'sh', args: [] } } } }
  expect((await channel.ask('/api/kernel/save_user_config', { config: mine })).head.status).toBe(200)
  const wide = await channel.ask('/api/kernel/save_app_config', { config: { width: 'full', css_file: '/etc/passwd' } })
  expect(wide.head.status).toBe(200)
  expect(await owner.source(id)).toContain('marimo.App(width="full")')

  const layout = {
    type: 'grid',
    data: { columns: 24, rowHeight: 20, maxWidth: 1400, bordered: true, cells: [{ position: [0, 0, 12, 4] }] },
  }
  expect((await channel.ask('/api/kernel/save', { ...saving(ids, cells), layout })).head.status).toBe(200)
  expect(await owner.source(id)).toContain('layout_file="layouts/notebook.grid.json"')
  const read = await owner.call<{ kernel: string }>(`POST /api/notebooks/${id}/open`, { mode: 'run', tab: tabId, theme: 'light' })
  const reader = tab.kernel(read.kernel)
  expect((await ready(reader)).layout).toEqual(layout)
  tab.drop()
})
