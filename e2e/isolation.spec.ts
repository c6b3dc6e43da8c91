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
type Held = { address: number; port: number; file: string; shm: string }
type Given = Held & {
  token: string // backwards
  name: string
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
  await kernel.until(mark, ({ op, data }) => op === 'cell-op' && JSON.stringify(data).includes(`${mark}:`), 30_000)
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
    const level = (await stack.health())?.isolation?.level ?? 0
    test.skip(level < 2, `isolation level ${level}: this machine cannot isolate kernels, and says so`)
    const [token, name] = [randomBytes(12).toString('hex'), `held-${randomBytes(6).toString('hex')}`]
    const backwards = [...token].reverse().join('')
    const people: [Role, Role] = ['Owner', 'Analyst']
    const [owner, analyst] = [await client(people[0]), await client(people[1])]
    const holds = HOLDS.replace('TOKEN', backwards).replace('NAME', name)
    const victim = await running(owner, `victim ${name}`, holding, holds, 'HELD')
    const listener = await listening()
    const state = ['state.db', 'instance.lock', 'run/runner.sock', '', 'uploads/', 'kernels/', `kernels/${victim.kernel}/`]
    const held = victim.said as Held
    const given: Given = {
      ...held,
      token: backwards,
      name,
      pids: pidsOf(stack, name),
      host_file: join(stack.home, 'kernels', victim.kernel, 'home/private/secret'),
      host_ports: [listener.port, stack.port, stack.port + 1],
      state: state.map((path) => join(stack.home, path || '/')),
    }
    const code = REACH.replace('GIVEN', Buffer.from(JSON.stringify(given)).toString('base64'))
    const attacker = await running(analyst, `attacker ${name}`, attacking, code, 'REACHED')
    expect(listener.heard()).toBe(0)

    const { reached, facts } = attacker.said as Found
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

    const [outside, within] = [onTheHost(code, null), onTheHost(code, given.pids[0] ?? 0)]
    const found = (check: string) => [...(outside.reached[check] ?? []), ...(within.reached[check] ?? [])]
    const possible = CHECKS.filter((check) => process.getuid?.() === 0 || !ROOTS_OWN.includes(check))
    for (const check of possible) expect.soft(found(check), `the control finds: ${check}`).not.toEqual([])
    expect.soft(found('the state folder').sort()).toEqual(given.state.filter((path) => !path.endsWith('.sock')).sort())
    expect(existsSync(join(stack.home, 'run/runner.sock'))).toBe(true)
    listener.server.close()
    await attacker.stop()
    await victim.stop()
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
