// An author's notebook is a trojan: it runs as whoever reads it, in their kernel and in their page, with what only they may see.
// Whatever it tries, nothing of that is afterwards where the author, or anybody but the reader, could look.
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CALLS, type Call } from '#protocol/calls.ts'
import { type Canary, startCanary } from './canary.ts'
import type { Client, KernelStream } from './client.ts'
import { expect, notebookOf, type Stack } from './fixtures.ts'
import { withModels } from './models.ts'
import { close, openAs } from './open.ts'
import { below } from './stores.ts'

const program = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8').trim()
const [TROJAN, TRACES] = [program('trojan.py'), program('traces.py')]
const KNOWN_TO_THE_READER = 'poststelle@bfdi.bund.de' // masked for the author
const FAMILIES = { netlink: 16, packet: 17, alg: 38, vsock: 40 }
const OF_A_SOCKET = ['connection', 'host', 'sec-websocket-key', 'sec-websocket-version', 'upgrade']
const VIEW = { with: ['p_demo-analyst'], right: 'view', expires: null, onto: 0 }
const MADE_UP = ['notebooks.save', 'shares.add', 'requests.ask', 'tables.release', 'files.write', 'audit.append']

const served = withModels({ default: { model: 'echo', level: 'confidential', markings: ['PII'] } }, 'sk-none')

const decoded = (kernel: KernelStream, mark: string, from = 0): unknown => {
  const said = kernel.seen
    .slice(from)
    .map(({ data }) => JSON.stringify(data))
    .join('')
  return JSON.parse(Buffer.from(new RegExp(`${mark}:([\\w+/=]+):`).exec(said)?.[1] ?? '', 'base64').toString())
}
const told = async (kernel: KernelStream, mark: string, from = 0): Promise<unknown> => {
  const says = new RegExp(`${mark}:[\\w+/=]+:`)
  await kernel.until(mark, ({ op, data }) => op === 'cell-op' && says.test(JSON.stringify(data)), 90_000, from)
  return decoded(kernel, mark, from)
}

const content = (path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0) // gone meanwhile, with its kernel
  }
}
/** Files below a folder that hold a text, or are named by it. */
function holding(folder: string, text: string): string[] {
  const entries = below(folder).filter((entry) => entry.isFile())
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return paths.filter((path) => path.includes(text) || content(path).includes(text))
}

/** All that somebody can ask the gateway for, about this notebook and kernel and at all, as it is answered. */
async function allFor(who: Client, id: string, kernel: string): Promise<string> {
  const versions = await who.call('GET /api/notebooks/:id/versions', { params: { id } }).catch(() => [])
  const params = { id, kernel, table: 'compliance_authorities', artefact: 'a_none', version: versions[0]?.id ?? 'v_none' }
  const calls = (Object.keys(CALLS) as Call[]).filter((call) => call.startsWith('GET '))
  const texts = await Promise.all(calls.map(async (call) => (await who.raw(call, { params })).text()))
  return texts.join('\n')
}

const sockets = ({ home }: Stack): string[] =>
  readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.split(' ').at(-1) ?? '')
    .filter((path) => path.startsWith(home))

/** What the code is told: where things are, and the mark, backwards, so that no source has it. */
function givenOf(stack: Stack, mark: string, canary: Canary) {
  const given = {
    mark: [...mark].reverse().join(''),
    port: Number(new URL(canary.origin).port),
    udp: canary.udp,
    shell: stack.port,
    own: 20_000 + randomInt(20_000),
    key: randomInt(1, 2 ** 31),
    sockets: [...new Set(sockets(stack))],
    families: FAMILIES,
    calls: MADE_UP,
  }
  const filled = (code: string) => code.replace('GIVEN', Buffer.from(JSON.stringify(given)).toString('base64'))
  const traces = Buffer.from(filled(TRACES)).toString('base64')
  return {
    trojan: filled(TROJAN),
    look: `import base64 as b\nscope = {}\nexec(b.b64decode("${traces}").decode(), scope)\nscope["said"]`,
    sockets: given.sockets,
  }
}

/** What a fresh kernel of somebody's finds, in either mode. */
async function found(who: Client, look: string, mode: 'auto' | 'run'): Promise<unknown> {
  const open = await openAs(who, `looks, ${mode}, ${randomBytes(4).toString('hex')}`, notebookOf(look), mode)
  if (mode === 'auto') await open.kernel.runAll()
  const traces = await told(open.kernel, 'TRACES')
  await close(open)
  return traces
}

const same = (names: readonly string[], what: string) => Object.fromEntries(names.map((name) => [name, what]))
const refused = (code: string) => `refused: ${code}`

/** What each attempt comes to. In its own sandbox the code may leave what it likes; that the mark is found there shows that it did. */
const outcome = (hostSockets: readonly string[]) => ({
  write: {
    ...same(['a table', 'rows of the author’s', 'rows of theirs', 'a table, past the library'], refused('readers')),
    ...same(['an artefact', 'an artefact, past the library'], refused('readers')),
    ...same(['a prompt', 'a prompt, past the library'], refused('llm-readers')),
    'a prompt to a name': refused('llm-absent'),
    'a table of a name': refused('table-absent'),
    'a column of a name': refused('column-absent'),
    'a score': refused('inference-label'),
    'a score of a name': refused('inference-absent'),
    'a search': 'done', // of the library, as of anybody; its words are kept as a digest under a key
    ...same([...MADE_UP, 'the loot', '__proto__'], refused('not-a-call')),
  },
  save: same(['by marimo', 'a session'], 'done'), // in its own copy
  send: {
    ...same(['TCP', 'TCP 6', 'UDP', 'the shell'], refused('ConnectionRefusedError')),
    HTTP: refused('URLError'),
    'a name': refused('gaierror'),
    ...same(hostSockets, refused('FileNotFoundError')),
    ...same(Object.keys(FAMILIES), refused('OSError')),
    complaints: 'done', // to nobody
  },
  leave: {
    files: ['/dev/shm', '/home/me', '/tmp'],
    ...same(['a pickle', 'shared memory', 'System V memory', 'an abstract socket', 'a port', 'a process'], 'done'),
    ...same(['a module', 'the environment', 'a cache', 'a persistent cache'], 'done'),
  },
})
const LEFT = [
  ...['a file', 'a process', 'shared memory', 'System V memory', 'an abstract socket', 'the name of a socket', 'a port'],
  ...['the environment', 'a module'],
]

/** Everything that is anybody’s but the reader’s. */
async function nobodyElseHas(loot: readonly string[], people: readonly Client[], id: string, kernel: string): Promise<void> {
  for (const person of people) {
    const all = await allFor(person, id, kernel)
    expect(all.length).toBeGreaterThan(1000)
    for (const text of loot) expect.soft(all).not.toContain(text)
  }
}

/** What kernels of theirs were refused because they read, as their record says it. */
async function barred(reader: Client): Promise<string> {
  const { lines } = await reader.call('GET /api/audit')
  return lines.flatMap(({ kind, text }) => (kind === 'call-barred' ? [text] : [])).join()
}

async function isolated(stack: Stack): Promise<void> {
  const level = (await stack.health())?.isolation?.level ?? 0
  served.skip(level < 2, `isolation level ${level}: this machine cannot isolate kernels, and says so`)
}

served(
  'in the reader’s kernel: nothing is written, sent, saved or left where anybody else looks',
  async ({ client, stack, endpoint }) => {
    served.setTimeout(240_000)
    const canary = await startCanary()
    await isolated(stack)
    const [author, reader] = [await client('Colleague'), await client('Analyst')]
    const others = [author, await client('Owner'), await client('Auditor')]
    const mark = randomBytes(12).toString('hex')
    const { trojan, look, sockets } = givenOf(stack, mark, canary)
    const source = notebookOf(trojan, `after = tried\n${look}`)
    const { id } = await author.notebook('a gift', source)
    await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body: VIEW })
    const beside = await author.tab()
    const events = beside.events()
    const editing = await author.open(beside, id)
    const { ids } = await editing.kernel.instantiate()

    const reading = await reader.open(await reader.tab(), id)
    const { kernel, mode } = reading.opened
    expect(mode).toBe('run')
    const [rows, doors, known, tried] = (await told(reading.kernel, 'TRIED')) as [number, string[], object, object]
    expect(known).toEqual({ headers: OF_A_SOCKET, query: ['session_id'], cookies: {} }) // all that marimo knows of who asks
    expect({ rows, doors, tried }).toEqual({ rows: 33, doors: ['control', 'data'], tried: outcome(sockets) })
    expect(await told(reading.kernel, 'TRACES')).toEqual(LEFT)

    // While the reader reads: from the author's kernel of the same notebook, and of others in either mode.
    await editing.kernel.run(ids.slice(1), [look])
    expect(decoded(editing.kernel, 'TRACES')).toEqual([])
    for (const each of ['auto', 'run'] as const) expect(await found(author, look, each)).toEqual([])
    const scratch = join(stack.home, 'kernels', kernel)
    const held = holding(stack.home, mark)
    expect(held).toContain(join(scratch, 'home/notebook.py'))
    expect(held.filter((path) => !path.startsWith(scratch))).toEqual([])
    await nobodyElseHas([mark, KNOWN_TO_THE_READER], others, id, kernel)
    for (const call of ['tables.write', 'artefacts.save']) expect(await barred(reader)).toContain(call)

    // When the reader has gone: nothing of it is anywhere.
    await reader.call('POST /api/kernels/:kernel/stop', { params: { kernel } })
    await expect.poll(() => existsSync(scratch), { timeout: 15_000 }).toBe(false)
    for (const who of [author, reader]) expect(await found(who, look, 'auto')).toEqual([])
    expect(holding(stack.home, mark)).toEqual([])
    await nobodyElseHas([mark, KNOWN_TO_THE_READER], others, id, kernel)
    expect(await author.source(id)).toBe(source)
    expect(await author.call('GET /api/notebooks/:id/versions', { params: { id } })).toHaveLength(1)
    expect(JSON.stringify(events)).toContain(editing.opened.kernel)
    for (const text of [mark, kernel]) expect(JSON.stringify(events)).not.toContain(text)
    expect([canary.connections(), canary.datagrams, endpoint.requests]).toEqual([0, [], []])
    canary.stop()
  },
)
