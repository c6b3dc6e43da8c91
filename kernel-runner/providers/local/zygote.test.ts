import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Ground, GUARD, openGround, sandboxable, TestKernel, type Wish } from '../../testing/launch.ts'

const LOOK = `import ctypes, json, os, pwd, socket
def refused(what):
    try:
        what()
        return 0
    except OSError as error:
        return error.errno
fds = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
seen = {
    "fds": [os.readlink(fd) for fd in fds if os.path.exists(fd)],
    "environment": dict(os.environ),
    "user": pwd.getpwuid(os.getuid()).pw_name,
    "tmp": [name for name in os.listdir("/tmp") if "launch" in name],
    "device": refused(lambda: os.mknod("/home/me/device", 0o20600, os.makedev(1, 3))),
    "moved": [refused(lambda: bring("/dev/null", "/home/me/device")) for bring in (os.link, os.rename)],
    "vsock": refused(lambda: socket.socket(40, socket.SOCK_STREAM)),
    "namespace": refused(lambda: os.open("/proc/1/mem", os.O_RDWR)) and ctypes.CDLL(None, use_errno=True).unshare(0x10000000) * -1,
}
with open("/home/me/seen", "w") as file:
    json.dump(seen, file)
"look" + "ed"`

describe.skipIf(!sandboxable)('kernels from the zygote, in real sandboxes', () => {
  let ground: Ground
  const kernels: TestKernel[] = []
  const start = async (wish: Wish) => {
    const kernel = await TestKernel.start(ground, wish)
    kernels.push(kernel)
    return kernel
  }
  const open = async (wish: Wish) => {
    const kernel = await start(wish)
    await kernel.connect()
    return kernel
  }
  beforeAll(async () => {
    ground = await openGround()
  }, 60_000)
  afterEach(async () => {
    await Promise.all(kernels.splice(0).map((kernel) => kernel.end()))
  })
  afterAll(() => ground.close())

  test('says its versions and what is installed', () => {
    expect(ground.ready.marimo).toMatch(/^\d+\.\d+/)
    expect(ground.ready.packages.map(({ name }) => name)).toContain('pandas')
  })

  test('a run kernel answers at once and runs by itself', async () => {
    const kernel = await start({ cells: ['x = 20 + 1', 'x * 2'] })
    expect(await kernel.call('GET', '/health')).toMatchObject({ status: 200 })
    await kernel.connect()
    expect(await kernel.output('42')).toContain('42')
  })

  test('a run kernel that was opened without running does nothing until it is told to, and then runs once', async () => {
    const kernel = await open({
      autorun: false,
      cells: ['with open("/home/me/ran", "a") as file:\n    file.write("x")\n"told " + "so"'],
    })
    const ran = () => (existsSync(join(kernel.home, 'ran')) ? readFileSync(join(kernel.home, 'ran'), 'utf8') : null)
    await kernel.call('POST', '/api/kernel/set_ui_element_value', { objectIds: [], values: [] })
    await kernel.connect() // a page that is loaded again does not run it either
    await kernel.call('GET', '/health')
    expect(kernel.messages.map(({ op }) => op)).not.toContain('cell-op')
    expect(ran()).toBeNull()
    expect(await kernel.instantiate()).toMatchObject({ status: 200 })
    await kernel.output('told so')
    await kernel.until(({ op }) => op === 'completed-run')
    await kernel.instantiate()
    await kernel.call('POST', '/api/kernel/set_ui_element_value', { objectIds: [], values: [] })
    await kernel.until(({ op }) => op === 'completed-run' && kernel.messages.filter((m) => m.op === 'completed-run').length > 1)
    expect(ran()).toBe('x')
  })

  test('an edit kernel runs nothing until it is told to', async () => {
    const kernel = await open({ mode: 'edit', cells: ['open("/home/me/ran", "w").close()', '"ready to " + "go"'] })
    await kernel.instantiate(false)
    const [, second = ''] = kernel.cells
    await kernel.run(second, '"told " + "so"')
    await kernel.output('told so')
    expect(existsSync(join(kernel.home, 'ran'))).toBe(false)
  })

  test('an interrupt stops a running cell, and the kernel goes on', async () => {
    const kernel = await open({ mode: 'edit', cells: ['import time\nopen("/home/me/started", "w").close()\ntime.sleep(600)'] })
    await kernel.instantiate()
    await kernel.until(({ op, data }) => op === 'cell-op' && data.status === 'running')
    await expect.poll(() => existsSync(join(kernel.home, 'started')), { timeout: 10_000 }).toBe(true)
    expect(await kernel.call('POST', '/api/kernel/interrupt', {})).toMatchObject({ status: 200 })
    await kernel.until(({ op }) => op === 'interrupted')
    const [cell = ''] = kernel.cells
    await kernel.run(cell, '"still " + "here"')
    await kernel.output('still here')
  })

  test('restart is as warm as start: a new kernel process, the old variables gone', async () => {
    const kernel = await open({ mode: 'edit', cells: ['import os\nkept = 1\n"pid " + str(os.getpid())'] })
    await kernel.instantiate()
    const before = await kernel.output('pid ')
    await kernel.call('POST', '/api/kernel/restart_session', {})
    await kernel.connect()
    expect(kernel.messages.find(({ op }) => op === 'kernel-ready')?.data.resumed).toBe(false)
    const [cell = ''] = kernel.cells
    await kernel.instantiate(false)
    await kernel.run(cell, 'import os\n"pid " + str(os.getpid()) + str("kept" in globals())')
    const after = await kernel.output('pid ')
    expect(after).toContain('False')
    expect(after).not.toContain(before)
  })

  for (const mode of ['edit', 'run'] as const)
    test(`what was imported before the fork is drawn as marimo draws it (${mode})`, async () => {
      const kernel = await open({
        mode,
        cells: [
          'import plotly.express as px\npx.scatter(x=[1], y=[2])',
          'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()',
        ],
      })
      if (mode === 'edit') await kernel.instantiate()
      await kernel.until(({ op }) => op === 'completed-run')
      const said = JSON.stringify(kernel.messages)
      expect(said).toContain('<marimo-plotly')
      expect(said).toContain('data:image/png')
      expect(said).not.toContain('cdn.plot.ly')
    })

  for (const mode of ['edit', 'run'] as const) {
    test(`a new socket with the same session replays everything (${mode})`, async () => {
      const kernel = await open({
        mode,
        cells: ['import marimo as mo\ns = mo.ui.slider(0, 9)\ns', 'print("on the console")\n"an " + "output"'],
      })
      if (mode === 'edit') await kernel.instantiate()
      await kernel.until(({ op }) => op === 'completed-run')
      const slider = JSON.stringify(kernel.messages).match(/object-id='?([^' ]+)'/)?.[1] ?? ''
      await kernel.call('POST', '/api/kernel/set_ui_element_value', { objectIds: [slider], values: [7] })
      await kernel.until(
        ({ op, data }) =>
          op === 'completed-run' && kernel.messages.filter((m) => m.op === 'completed-run').length > 1 && data !== null,
      )
      await kernel.connect()
      const ready = kernel.messages.find(({ op }) => op === 'kernel-ready')
      expect(ready?.data).toMatchObject({ resumed: true, ui_values: { [slider]: 7 } })
      await kernel.output('an output')
      if (mode === 'edit')
        expect(
          JSON.stringify(await kernel.until(({ data }) => JSON.stringify(data.console ?? '').includes('on the console'))),
        ).toBeTruthy()
      expect(kernel.messages.some(({ data }) => data.status === 'running')).toBe(false)
    })
  }

  test('input, completion, threads, subprocesses and multiprocessing work in an edit kernel', async () => {
    const kernel = await open({
      mode: 'edit',
      cells: [
        'import multiprocessing as mp, subprocess, threading\nfound = []\nt = threading.Thread(target=lambda: found.append("thread"))\nt.start()\nt.join()',
        'said = subprocess.run(["/bin/sh", "-c", "echo process"], capture_output=True, text=True).stdout.strip()',
        'with mp.get_context("fork").Pool(2) as pool:\n    squares = pool.map(abs, [-1, -2])',
        'from multiprocessing import shared_memory\nm = shared_memory.SharedMemory(create=True, size=16)\nm.close()\nm.unlink()',
        'answer = input("who? ")\nfound[0] + " " + said + " " + str(squares) + " " + answer',
      ],
    })
    await kernel.instantiate()
    await kernel.until(({ data }) => JSON.stringify(data.console ?? '').includes('who?'))
    await kernel.call('POST', '/api/kernel/stdin', { text: 'me' })
    expect(await kernel.output('thread process')).toContain('[1, 2] me')
    await kernel.call('POST', '/api/kernel/code_autocomplete', {
      id: '1',
      document: 'import os\nos.getc',
      cellId: kernel.cells[0],
    })
    expect(JSON.stringify(await kernel.until(({ op }) => op === 'completion-result'))).toContain('getcwd')
  })

  for (const mode of ['edit', 'run'] as const)
    test(`pools that end before their workers have begun do end (${mode})`, async () => {
      const pools = 'import multiprocessing as mp\nfor _ in range(10):\n    with mp.get_context("fork").Pool(3):\n        pass'
      const kernel = await open({ mode, cells: [`${pools}\n"all " + "ended"`] })
      if (mode === 'edit') await kernel.instantiate()
      await kernel.output('all ended')
    })

  test('a saved cache beside the notebook is neither read nor written', async () => {
    const kernel = await open({ mode: 'edit', cells: ['"fresh " + "output"'] })
    await kernel.instantiate()
    await kernel.output('fresh output')
    await expect.poll(() => kernel.messages.some(({ op }) => op === 'completed-run')).toBe(true)
    const cache = readdirSync(kernel.home, { recursive: true }).filter((path) => String(path).includes('session'))
    expect(cache).toEqual([])
  })

  test('a header that sets every key and an MCP server changes nothing', async () => {
    const header = `# /// script
# requires-python = ">=3.11"
# dependencies = []
# [tool.marimo.runtime]
# auto_instantiate = true
# serve_cached_sessions_in_apps = true
# pythonpath = ["/home/me/evil"]
# dotenv = ["/home/me/notebook.env"]
# default_auto_download = ["html"]
# output_max_bytes = 99999999
# show_tracebacks = true
# [tool.marimo.display]
# theme = "dark"
# custom_css = ["/home/me/evil.css"]
# [tool.marimo.experimental]
# rtc_v2 = true
# [tool.marimo.venv]
# path = "/home/me/evil"
# [tool.marimo.package_management]
# manager = "pixi"
# [tool.marimo.ai]
# enabled = true
# [tool.marimo.language_servers.pylsp]
# enabled = true
# [tool.marimo.mcp.mcpServers.evil]
# command = "touch"
# args = ["/home/me/mcp-ran"]
# ///
`
    const kernel = await open({
      mode: 'edit',
      header,
      cells: ['import sys\n"path " + str(any("evil" in entry for entry in sys.path))'],
    })
    await kernel.instantiate()
    expect(await kernel.output('path ')).toContain('False')
    const page = await kernel.call('GET', '/')
    const config = /"configOverrides":\s*(\{.*\})/.exec(page.text)?.[1] ?? page.text
    expect(config).not.toContain('evil')
    expect(config).toContain('"theme": "light"')
    expect(existsSync(join(kernel.home, 'mcp-ran'))).toBe(false)
  })

  test('nothing of the host is in sight: descriptors, environment, files, users', async () => {
    const kernel = await open({ cells: [LOOK] })
    await kernel.output('looked')
    const seen = JSON.parse(readFileSync(join(kernel.home, 'seen'), 'utf8'))
    expect(seen).toMatchObject({ user: 'me', vsock: 97, environment: { HOME: '/home/me' }, namespace: 1 })
    expect(seen.fds.filter((target: string) => !/^(socket:|pipe:|anon_inode:|\/dev\/null$)/.test(target))).toEqual([])
    expect(seen.tmp).toEqual([])
    expect([seen.device, ...seen.moved]).toEqual([constants.errno.EPERM, constants.errno.EXDEV, constants.errno.EXDEV])
    expect(JSON.stringify(seen.environment)).not.toContain(ground.folder)
  })

  test('a fork bomb stays inside, a neighbour answers', async () => {
    const bomb = await open({
      mode: 'edit',
      cgroup: { memory: 2 ** 29, processes: 64, cpuShare: 0.25 },
      cells: ['import os, time\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        time.sleep(1)'],
    })
    await bomb.instantiate()
    await expect.poll(() => bomb.cgroup.usage()?.processes ?? 0, { timeout: 15_000 }).toBeGreaterThan(60)
    expect(bomb.cgroup.usage()?.processes).toBeLessThanOrEqual(64)
    const neighbour = await open({ cells: ['"fine " + "here"'] })
    await neighbour.output('fine here')
  })

  for (const mode of ['edit', 'run'] as const) {
    test(`a package that is not there, and too many processes, are explained in the cell (${mode})`, async () => {
      const many = 'import subprocess\nstarted = [subprocess.Popen(["sleep", "30"]) for _ in range(200)]'
      const kernel = await open({ mode, cells: ['import missing_module_xyz', many, '"x" * 9_000_000'] })
      if (mode === 'edit') await kernel.instantiate()
      const shown = (text: string) =>
        kernel.until(({ op, data }) => op === 'cell-op' && JSON.stringify(data.output).includes(text))
      await shown('name it in python/requirements.extra.txt, then run npm run packages')
      await shown('may have 128 processes and threads')
      await shown('one output may have 7.6 MB')
    })
  }

  test('a page that does not read stops the code that prints, instead of filling memory', async () => {
    const print = 'n = 0\nwhile True:\n    print("x" * 100_000)\n    n += 1\n    open("/home/me/count", "w").write(str(n))'
    const kernel = await open({ mode: 'edit', cells: [print] })
    await kernel.instantiate()
    const count = () => (existsSync(join(kernel.home, 'count')) ? Number(readFileSync(join(kernel.home, 'count'), 'utf8')) : 0)
    await expect.poll(count, { timeout: GUARD }).toBeGreaterThan(0)
    kernel.pause()
    const still = async () => {
      const before = count()
      await new Promise((resolve) => setTimeout(resolve, 700))
      return before > 0 && count() === before ? before : 0
    }
    await expect.poll(still, { timeout: 25_000, interval: 10 }).toBeGreaterThan(0)
    const stopped = count()
    expect(kernel.cgroup.usage()?.memory).toBeLessThan(250 * 2 ** 20)
    kernel.resume()
    await expect.poll(count, { timeout: GUARD }).toBeGreaterThan(stopped)
    await kernel.call('POST', '/api/kernel/interrupt', {})
    await kernel.until(({ op }) => op === 'interrupted')
  }, 90_000)

  test('memory without end: only that kernel dies, and it is counted', async () => {
    const neighbour = await open({ cells: ['"fine " + "here"'] })
    const eater = await open({
      cgroup: { memory: 2 ** 28, processes: 64, cpuShare: 1 },
      cells: ['eaten = []\nwhile True:\n    eaten.append(bytearray(2**24))'],
    })
    expect(await eater.exited).toEqual({ type: 'signal', signal: 9 })
    expect(eater.cgroup.oomKills()).toBeGreaterThan(0)
    expect(neighbour.cgroup.oomKills()).toBe(0)
    expect(await neighbour.call('GET', '/health')).toMatchObject({ status: 200 })
  })

  test('a kernel process that ends itself is said within a second, with its cause', async () => {
    const kernel = await open({ mode: 'edit', cells: ['import os\nos._exit(3)'] })
    const closed = kernel.closed()
    await kernel.instantiate()
    const banner = await kernel.until(({ op }) => op === 'banner')
    expect(JSON.stringify(banner)).toContain('3')
    await closed
  })

  test('a notebook that is not there fails where it can be read, and the next start works', async () => {
    const broken = await start({ cells: [], notebook: '/home/me/nothing.py' })
    expect(await broken.exited).toEqual({ type: 'exit', code: 1 })
    const failed = TestKernel.start(ground, { cells: [], cgroups: ['/nonexistent/cgroup.procs'] })
    await expect(failed).rejects.toThrow(/^cgroup: /)
    await (await open({ cells: ['"next " + "one"'] })).output('next one')
  })

  test('a dead zygote is replaced; running kernels do not notice', async () => {
    const kernel = await open({ cells: ['"before " + "it"'] })
    await kernel.output('before it')
    const first = ground.zygote.pid ?? 0
    process.kill(first, 'SIGKILL')
    expect(await kernel.exited).toEqual({ type: 'unknown' })
    expect(await kernel.call('GET', '/health')).toMatchObject({ status: 200 })
    await expect.poll(() => ground.zygote.pid ?? first, { timeout: 60_000 }).not.toBe(first)
    await (await open({ cells: ['"after " + "it"'] })).output('after it')
  })

  test('the holder keeps nothing and leaves nothing', async () => {
    const kernel = await open({
      cells: ['import subprocess\nsubprocess.Popen(["/bin/sh", "-c", "(sleep 0.01 &) ; exit"]).wait()\n"orphan " + "left"'],
    })
    await kernel.output('orphan left')
    expect(readdirSync(`/proc/${kernel.holder.pid}/fd`)).toEqual([])
    expect(readFileSync(`/proc/${kernel.holder.pid}/status`, 'utf8')).toMatch(/CapEff:\s0{16}[\s\S]*Seccomp:\s2/)
    await expect.poll(() => zombies(kernel.holder.pid)).toBe(0)
    await kernel.end()
    expect(existsSync(`/proc/${kernel.pid}`)).toBe(false)
  })

  test('its socket is for the runner only, and out of sight of the kernel', async () => {
    const kernel = await open({
      cells: ['import os\n"sockets " + str([name for name in os.listdir("/home/me") if "socket" in name])'],
    })
    expect(statSync(join(kernel.home, '../socket')).mode & 0o777).toBe(0o600)
    expect(await kernel.output('sockets ')).toContain('[]')
  })
})

/** Children of a process that nobody reaped. */
function zombies(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children.filter((child) => / Z /.test(readFileSync(`/proc/${child}/stat`, 'utf8'))).length
}
