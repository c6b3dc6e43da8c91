// What a kernel can reach, asked from inside a real one while another person's kernel holds a secret: the attacker is told the
// victim's real pids, address, ports and paths. The same probe run outside any sandbox must find each, or it proves nothing.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { Client, type KernelStream, type Role } from './client.ts'
import { expect, notebookOf, type Stack, test } from './fixtures.ts'
import { leftovers, living } from './leftovers.ts'
import { descendants, parentOf, ROOT, startStack } from './stack.ts'

type Mode = 'edit' | 'run'
type Held = { token: string; name: string; address: number; port: number; file: string; shm: string } // the token backwards
type Given = Held & {
  pids: number[] // as the host sees them: the kernel, and a child of it
  host_file: string
  host_ports: number[]
  state: string[] // folders end in a slash
}
type Found = { reached: Record<string, unknown[]>; facts: Record<string, unknown> }

const program = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8').trim()
const [HOLDS, REACH] = [program('holds.py'), program('reach.py')]
const PYTHON = join(ROOT, '.venv/bin/python')

// security.md, "What was tried", in its order; then what else a kernel has no business with.
const CHECKS = [
  ...['environ', 'cmdline', 'mem', 'process_vm_readv', 'fd', 'root/file', 'file 0600 in a folder 0700', '/dev/shm'],
  ...['loopback TCP', 'abstract unix', 'signal', 'pid list', 'shadow', 'write system'],
  ...['ptrace', 'a listener of the host', 'the state folder'],
]
const ROOTS_OWN = ['shadow', 'write system'] // a host without root has nobody who could

const decoded = (text: string, mark: string): unknown => {
  const found = new RegExp(`${mark}:([A-Za-z0-9+/=]+):`).exec(text)?.[1]
  if (found === undefined) throw new Error(`no ${mark} in ${text.slice(-500)}`)
  return JSON.parse(Buffer.from(found, 'base64').toString())
}

/** A notebook of one cell in a kernel of its own, run to its end in either mode; and the kernel's folder on the host. */
async function running(who: Client, name: string, mode: Mode, code: string, mark: string) {
  const tab = await who.tab()
  const { opened, kernel } = await who.open(tab, (await who.notebook(name, notebookOf(code))).id, mode === 'run' ? 'run' : 'auto')
  expect(opened.mode).toBe(mode)
  if (mode === 'edit') await kernel.runAll()
  await kernel.until(mark, ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes(`${mark}:`))
  const stop = async () => {
    tab.close()
    await who.call('POST /api/kernels/:kernel/stop', { params: { kernel: opened.kernel } })
  }
  return { said: decoded(said(kernel), mark), kernel: opened.kernel, stop }
}

const said = (kernel: KernelStream): string => kernel.seen.map(({ data }) => JSON.stringify(data)).join('')

/** The child that the holder of the secret has started is found by its command line; its parent is the kernel. */
function pidsOf(stack: Stack, name: string): number[] {
  const child = descendants(stack.pid('runner')).find(({ command }) => command.includes(` ${name} `))?.pid ?? 0
  return [parentOf(child) ?? 0, child]
}

/** The probe as a program of the host; with `within`, in that process's namespaces, where its shm and its ports are. */
function onTheHost(code: string, within: number | null): Found {
  const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials']
  const enter = within === null ? [] : ['nsenter', '-t', String(within), ...user, '-m', '-n', '-p']
  const [command = '', ...rest] = [...enter, PYTHON, '-I', '-']
  const input = code.replace(/^"REACHED:.*$/m, (last) => `print(${last})`)
  return decoded(execFileSync(command, rest, { encoding: 'utf8', cwd: '/', input }), 'REACHED') as Found
}

async function listening(): Promise<{ server: Server; port: number; heard(): number }> {
  let heard = 0
  const server = createServer((socket) => {
    heard += 1
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, port: (server.address() as { port: number }).port, heard: () => heard }
}

/** What an attacker is told of whoever holds the secret; the listener is the host's, and nobody may have come to it. */
function givenOf(stack: Stack, held: Held, kernel: string, listener: number): Given {
  const state = ['state.db', 'instance.lock', 'run/runner.sock', '', 'uploads/', 'kernels/', `kernels/${kernel}/`]
  return {
    ...held,
    pids: pidsOf(stack, held.name),
    host_file: join(stack.home, 'kernels', kernel, 'home/private/secret'),
    host_ports: [listener, stack.port, stack.port + 1],
    state: state.map((path) => join(stack.home, path || '/')),
  }
}

/** The attacker's own answer: nothing was reached, from within what a sandbox is. */
function confined({ reached, facts }: Found, level: number): void {
  expect(Object.keys(reached).sort()).toEqual([...CHECKS].sort())
  for (const check of CHECKS) expect.soft(reached[check], check).toEqual([])
  expect.soft(facts.status).toEqual({
    CapEff: '0000000000000000',
    CapBnd: '0000000000000000',
    Seccomp: '2',
    NoNewPrivs: '1',
  })
  expect.soft(facts.unshare).toBe(-1)
  expect.soft(facts.resolve).toBe(false)
  expect.soft(facts.host).toBe('notebook')
  if (level === 3) expect.soft(facts['signal the holder']).toBe(false)
  expect.soft((facts.environment as string[]).filter((key) => /SCRYDON|TOKEN|SECRET|HELD/.test(key))).toEqual([])
}

/** Outside of any sandbox each of it is found, or the attacker's answer proves nothing. */
function controlled(code: string, given: Given): void {
  const [outside, within] = [onTheHost(code, null), onTheHost(code, given.pids[0] ?? 0)]
  const found = (check: string) => [...(outside.reached[check] ?? []), ...(within.reached[check] ?? [])]
  const possible = CHECKS.filter((check) => process.getuid?.() === 0 || !ROOTS_OWN.includes(check))
  for (const check of possible) expect.soft(found(check), `the control finds: ${check}`).not.toEqual([])
  expect.soft(found('the state folder').sort()).toEqual(given.state.filter((path) => !path.endsWith('.sock')).sort())
}

const told = (given: Given) => Buffer.from(JSON.stringify(given)).toString('base64')
async function levelOf(stack: Stack): Promise<number> {
  const level = (await stack.health())?.isolation?.level ?? 0
  test.skip(level < 2, `isolation level ${level}: this machine cannot isolate kernels, and says so`)
  return level
}

const PAIRS: readonly (readonly [Mode, Mode])[] = [
  ['edit', 'run'],
  ['run', 'edit'],
  ['edit', 'edit'],
  ['run', 'run'],
]

for (const [attacking, holding] of PAIRS)
  test(`from a kernel in ${attacking} mode nothing of another person's in ${holding} mode is reached`, async ({
    client,
    stack,
  }) => {
    const level = await levelOf(stack)
    const [token, name] = [randomBytes(12).toString('hex'), `held-${randomBytes(6).toString('hex')}`]
    const backwards = [...token].reverse().join('')
    const people: [Role, Role] = ['Owner', 'Analyst']
    const [owner, analyst] = [await client(people[0]), await client(people[1])]
    const holds = HOLDS.replace('TOKEN', backwards).replace('NAME', name)
    const victim = await running(owner, `victim ${name}`, holding, holds, 'HELD')
    const listener = await listening()
    const given = givenOf(stack, victim.said as Held, victim.kernel, listener.port)
    const code = REACH.replace('GIVEN', told(given))
    const attacker = await running(analyst, `attacker ${name}`, attacking, code, 'REACHED')
    expect(listener.heard()).toBe(0)
    confined(attacker.said as Found, level)
    controlled(code, given)
    expect(existsSync(join(stack.home, 'run/runner.sock'))).toBe(true)
    listener.server.close()
    await attacker.stop()
    await victim.stop()
  })

/** Each reader's kernel holds a secret that it makes up itself, and attacks whom it is told of through a field of the page. */
function mutual(): string {
  const run = (code: string, scope: string) =>
    `exec(b64.b64decode("${Buffer.from(code).toString('base64')}").decode(), ${scope})\n${scope}["said"]`
  const saying = (code: string, mark: string) => code.replace(new RegExp(`^"${mark}:.*$`, 'm'), (last) => `said = ${last}`)
  const holds = HOLDS.replace('"TOKEN"[::-1]', 'os.urandom(12).hex()').replace('"NAME"', '"held-" + os.urandom(6).hex()')
  return notebookOf(
    `import base64 as b64\nheld = {}\n${run(saying(holds, 'HELD'), 'held')}`,
    'import marimo as mo\nfield = mo.ui.text()\nfield',
    `mo.stop(field.value == "")\nreach = {"told": field.value}\n${run(saying(REACH.replace('"GIVEN"', 'told'), 'REACHED'), 'reach')}`,
  )
}

async function reading(who: Client, id: string) {
  const tab = await who.tab()
  const { opened, kernel } = await who.open(tab, id)
  expect(opened.mode).toBe('run')
  const says = (mark: string) =>
    kernel.until(mark, ({ op, data }) => op === 'cell-op' && new RegExp(`${mark}:[\\w+/=]+:`).test(JSON.stringify(data)), 60_000)
  await says('HELD')
  const held = decoded(said(kernel), 'HELD') as Held
  const attack = async (given: Given): Promise<Found> => {
    const field = /object-id='([^']+)'/.exec(said(kernel))?.[1]
    await kernel.post('/api/kernel/set_ui_element_value', { objectIds: [field], values: [told(given)] })
    await says('REACHED')
    return decoded(said(kernel), 'REACHED') as Found
  }
  return { held, attack, kernel: opened.kernel }
}

test('two readers of one notebook, at once: neither kernel reaches anything of the other’s', async ({ client, stack }) => {
  const level = await levelOf(stack)
  const author = await client('Colleague')
  const { id } = await author.notebook('read by two', mutual())
  const body = { with: ['p_demo-owner', 'p_demo-analyst'], right: 'view', expires: null, onto: 0 }
  await author.call('PUT /api/notebooks/:id/shares', { params: { id }, body })
  const [one, other] = [await reading(await client('Owner'), id), await reading(await client('Analyst'), id)]
  expect(one.kernel).not.toBe(other.kernel)
  expect(one.held.token).not.toBe(other.held.token)
  for (const [attacker, victim] of [
    [one, other],
    [other, one],
  ] as const) {
    const listener = await listening()
    const given = givenOf(stack, victim.held, victim.kernel, listener.port)
    confined(await attacker.attack(given), level)
    expect(listener.heard()).toBe(0)
    controlled(REACH.replace('GIVEN', told(given)), given)
    listener.server.close()
  }
})

// docs/security.md, "What is left": every sandbox shows the same read-only files, and a file has one set of locks.
const LOCKS = `import base64, fcntl, glob, json, os
files = ["/proc/self/exe", *sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))[:63]]
opened = [open(file, "rb") for file in files]
def locks(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False
`
const SAYING = (mark: string, what: string) => `"${mark}:" + base64.b64encode(json.dumps(${what}).encode()).decode() + ":"`

test('what is left between two people’s kernels at one time: bits of locks on the files that both show', async ({
  client,
}, info) => {
  const word = randomBytes(8)
  word[0] = 1 | (word[0] ?? 0) // the interpreter that both were forked from: no copy of the files would take it away
  const bits = [...word].flatMap((byte) => Array.from({ length: 8 }, (_, at) => (byte >> at) & 1))
  const held = `${LOCKS}held = [locks(file) for file, bit in zip(opened, ${JSON.stringify(bits)}) if bit]\n${SAYING('HELD', 'held')}`
  const one = await running(await client('Owner'), 'says by locks', 'run', held, 'HELD')
  const read = `${LOCKS}read = [0 if locks(file) else 1 for file in opened]\n${SAYING('READ', 'read')}`
  const other = await running(await client('Analyst'), 'hears by locks', 'edit', read, 'READ')
  const arrived = (other.said as number[]).filter((bit, at) => bit === bits[at]).length
  info.annotations.push({ type: 'left open', description: `${arrived} of ${bits.length} bits at one look` })
  expect(arrived, 'closed? Then docs/security.md names what is not there any more').toBe(bits.length)
  await one.stop()
  await other.stop()
})

// Detached in every way a process can be, and deaf to a polite end.
const CLING = `
import os, signal, time
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        while True:
            time.sleep(1)
"clinging"
`

test('a stopped stack leaves no process, socket, mount, group or folder behind', async () => {
  const stack = await startStack()
  try {
    for (const role of ['Owner', 'Analyst'] as const) {
      const mine = await new Client(stack.origin).signIn(role)
      const tab = await mine.tab()
      const { kernel } = await mine.open(tab, (await mine.notebook(`leaves ${role}`, notebookOf('0'))).id)
      const { ids } = await kernel.instantiate()
      await kernel.run(ids, [CLING])
      if (role === 'Owner') await kernel.post('/api/kernel/run', { cellIds: ids, codes: ['while True: pass'] })
      tab.close()
    }
    const before = living(stack)
    expect(before.kernels).toBe(2)
    if (((await stack.health())?.isolation?.level ?? 0) === 3) expect(before.groups).toBeGreaterThan(0)
    expect(before.pids.size).toBeGreaterThan(8) // start, gateway, runner, zygote, two holders, two kernels and what they left
    expect(await stack.end()).toBe(true)
    expect(await leftovers(stack, before)).toEqual([])
  } finally {
    await stack.stop()
  }
})
