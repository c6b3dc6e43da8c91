// What a kernel can reach, asked from inside a real one while another person's kernel holds a secret.
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from './client.ts'
import { expect, notebookOf, test } from './fixtures.ts'
import { leftovers, living } from './leftovers.ts'
import { descendants, startStack } from './stack.ts'

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
def others():
    return [pid for pid in pids() if pid not in (os.getpid(), os.getppid()) and os.stat(f"/proc/{pid}").st_uid != os.getuid()]
def opened(paths, flags=os.O_RDONLY):
    reached = []
    for path in paths:
        try:
            os.close(os.open(path, flags))
            reached.append(path)
        except OSError:
            pass
    return reached
def listed(paths):
    reached = []
    for path in paths:
        try:
            os.listdir(path)
            reached.append(path)
        except OSError:
            pass
    return reached
def read_memory(pid):
    class Span(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
    buffer = ctypes.create_string_buffer(8)
    ours = Span(ctypes.addressof(buffer), 8)
    return ctypes.CDLL(None).process_vm_readv(pid, ctypes.byref(ours), 1, ctypes.byref(Span(int(MEMORY), 8)), 1, 0)
def connected(address):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(address)
    return True
def signalled(pid):
    os.kill(pid, 0)
    return True
attempt("memory of others", lambda: opened(f"/proc/{pid}/mem" for pid in others()))
attempt("folders of others", lambda: listed(f"/proc/{pid}/{what}" for pid in others() for what in ("fd", "root", "cwd")))
attempt("read a foreign process", lambda: read_memory(VICTIM))
attempt("signal a foreign process", lambda: signalled(VICTIM))
attempt("signal the holder", lambda: signalled(1))
attempt("abstract socket", lambda: connected("\\0the-victims-socket"))
attempt("state", lambda: opened(["HOME/state.db", "HOME/instance.lock", "HOME/run/runner.sock"]) + listed(["HOME", "HOME/uploads", "HOME/kernels", "HOME/uploads/UPLOADS"]))
import subprocess
attempt("setuid", lambda: {os.path.basename(path): subprocess.run([path, "0"] if path.endswith("newgrp") else [path, "-c", "id -u"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20).stdout.strip() for path in ("/usr/bin/su", "/bin/su", "/usr/bin/sudo") if os.path.exists(path) and os.stat(path).st_mode & 0o4000})
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
  const hold = `import os\nsecret = '${SECRET}'\nos.environ['SECRET'] = secret\nopen('/tmp/secret.txt', 'w').write(secret)\nopen('/dev/shm/secret', 'w').write(secret)\nopen('secret.txt', 'w').write(secret)\nimport socket\nheard = socket.socket(socket.AF_UNIX)\nheard.bind('\\0the-victims-socket')\nheard.listen()`
  const { id: uploads } = await victim.notebook('victim', notebookOf('0'))
  const before = new Set(descendants(stack.pid('runner')).map(({ pid }) => pid))
  const { kernel: held } = await victim.open(theirs, uploads)
  const { ids: heldIds } = await held.instantiate()
  await held.run(heldIds, [hold])
  const pid = Math.max(
    ...descendants(stack.pid('runner'))
      .map((each) => each.pid)
      .filter((each) => !before.has(each)),
  )

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
  for (const path of ['state.db', 'instance.lock', 'run/runner.sock', `uploads/${uploads}`])
    expect(existsSync(join(stack.home, path)), path).toBe(true) // so that not finding it means something
  const places = { PORT: port, GATEWAY: stack.port, VICTIM: pid, MEMORY: 0x400000, HOME: stack.home, UPLOADS: uploads }
  await kernel.run(ids, [
    PROBE.replace(/\b(PORT|GATEWAY|VICTIM|MEMORY|HOME|UPLOADS)\b/g, (name) => `${places[name as keyof typeof places]}`),
  ])
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
  for (const name of ['memory of others', 'folders of others', 'state']) expect(found[name], name).toEqual([])
  for (const name of ['signal a foreign process', 'signal the holder', 'abstract socket'])
    expect(String(found[name]), name).toMatch(/Error$/)
  expect(Object.values(found.setuid as Record<string, string>).filter((uid) => uid !== '')).toEqual([])
  for (const name of ['unshare', 'ptrace', 'read a foreign process']) expect(String(found[name]), name).toMatch(/^-1$|Error$/)
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
