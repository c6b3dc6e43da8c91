// What a kernel can reach, asked from inside a real one while another person's kernel holds a secret.
import { createServer } from 'node:net'
import { Client } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { leftovers, living } from './leftovers.ts'
import { startStack } from './stack.ts'

const SECRET = 'the-other-kernels-secret-4711'

const PROBE = `
import ctypes, glob, json, os, socket
found = {}
def attempt(name, work):
    try:
        found[name] = work()
    except Exception as error:
        found[name] = type(error).__name__
def pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]
def read(path):
    with open(path, "rb") as file:
        return file.read(65536)
def holds(path):
    try:
        return b"${SECRET}" in read(path)
    except OSError:
        return False
attempt("secret in a process", lambda: any(holds(f"/proc/{pid}/{what}") for pid in pids() for what in ("environ", "cmdline") if pid != os.getpid()))
attempt("foreign processes", lambda: [pid for pid in pids() if os.stat(f"/proc/{pid}").st_uid != os.getuid()])
attempt("secret in files", lambda: [path for pattern in ("/tmp/*", "/dev/shm/*", "/home/*/*", "/home/*/*/*", "/var/tmp/*") for path in glob.glob(pattern) if os.path.isfile(path) and holds(path)])
attempt("shadow", lambda: len(read("/etc/shadow")))
attempt("host name", lambda: os.uname().nodename)
attempt("interfaces", lambda: [name for _, name in socket.if_nameindex()])
attempt("connect out", lambda: socket.create_connection(("127.0.0.1", PORT), 2).getpeername())
attempt("gateway", lambda: socket.create_connection(("127.0.0.1", GATEWAY), 2).getpeername())
attempt("resolve", lambda: socket.gethostbyname("localhost.localdomain.invalid"))
attempt("unshare", lambda: ctypes.CDLL(None, use_errno=True).unshare(0x10000000))
attempt("ptrace", lambda: ctypes.CDLL(None).ptrace(16, 1, 0, 0))
attempt("write system", lambda: open("/usr/planted", "w").close() or "written")
attempt("write environment", lambda: open(os.path.join(os.path.dirname(os.__file__), "planted.py"), "w").close() or "written")
status = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
found["status"] = {key: status[key].strip() for key in ("CapEff", "CapBnd", "Seccomp", "NoNewPrivs")}
found["environment"] = sorted(os.environ)
print("PROBE" + json.dumps(found) + "EBORP")
`

test('the probe from inside a kernel finds nothing of another', async ({ client, stack }) => {
  const level = (await stack.health())?.isolation?.level ?? 0
  test.skip(level < 2, `isolation level ${level}: this machine cannot isolate kernels, and says so`)

  const victim = await client('Owner')
  const theirs = await victim.tab()
  const hold = `import os\nsecret = '${SECRET}'\nos.environ['SECRET'] = secret\nopen('/tmp/secret.txt', 'w').write(secret)\nopen('/dev/shm/secret', 'w').write(secret)\nopen('secret.txt', 'w').write(secret)`
  const { kernel: held } = await victim.open(theirs, (await victim.notebook('victim', notebookOf('0'))).id)
  const { ids: heldIds } = await held.instantiate()
  await held.run(heldIds, [hold])

  const listener = createServer((socket) => socket.destroy())
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  const { port } = listener.address() as { port: number }
  let reached = 0
  listener.on('connection', () => {
    reached += 1
  })

  const attacker = await client('Analyst')
  const tab = await attacker.tab()
  const { kernel } = await attacker.open(tab, (await attacker.notebook('attacker', notebookOf('0'))).id)
  const { ids } = await kernel.instantiate()
  await kernel.run(ids, [PROBE.replaceAll('PORT)', `${port})`).replaceAll('GATEWAY)', `${stack.port})`)])
  const said = kernel.seen.map(({ data }) => JSON.stringify(data)).join('')
  const found = JSON.parse(JSON.parse(`"${/PROBE(\{.*?\})EBORP/.exec(said)?.[1] ?? ''}"`)) as Record<string, unknown>
  listener.close()
  tab.close()
  theirs.close()

  expect(reached).toBe(0)
  expect(found['secret in a process']).toBe(false)
  expect(found['secret in files']).toEqual([])
  expect(found['foreign processes']).toEqual([1]) // the holder of its own sandbox, and nobody else
  expect(found.shadow).toMatch(/Error$/)
  expect([['lo'], 'OSError']).toContainEqual(found.interfaces) // its own loopback, or not even asking is allowed
  for (const name of ['connect out', 'gateway', 'resolve', 'write system', 'write environment'])
    expect(String(found[name]), name).toMatch(/Error$|gaierror/)
  for (const name of ['unshare', 'ptrace']) expect(String(found[name]), name).toMatch(/^-1$|Error$/)
  expect(found.status).toEqual({ CapEff: '0000000000000000', CapBnd: '0000000000000000', Seccomp: '2', NoNewPrivs: '1' })
  expect(found.environment).not.toContain('SCRYDON_HOME')
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
