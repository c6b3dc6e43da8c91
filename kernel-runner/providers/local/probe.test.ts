import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ground, GUARD, openGround, PYTHON, sandboxable } from '../../testing/launch.ts'
import { endBegun } from './leftovers.ts'
import { judge, probe, type Report, refusal, report, WORDS } from './probe.ts'
import { processStart } from './processes.ts'
import { buildHolder } from './sandbox.ts'

const facts = {
  uid: 61001,
  host_root_mapped: false,
  capabilities: 0,
  no_new_privs: true,
  seccomp: true,
  new_user_namespace: false,
}
const clean: Report = { leaks: [], facts, rootMapped: false }

/** Writes until nothing more fits. */
function fillPipe(fd: number): void {
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096))
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' })
  }
}

/** Looks again and again. */
async function found<T>(look: () => T | undefined): Promise<T & {}> {
  const deadline = performance.now() + GUARD
  for (;;) {
    const seen = look()
    if (seen) return seen
    if (performance.now() > deadline) throw new Error(`not within ${GUARD} ms`)
    await new Promise(setImmediate)
  }
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

describe('what a report proves', () => {
  test('nothing reached and all held: 3 as root, 2 without', () => {
    expect(judge(clean, true, false)).toEqual({ level: 3, why: [] })
    expect(judge(clean, true, true)).toEqual({ level: 2, why: [WORDS.rootless] })
  })
  test.each([
    [{ ...facts, capabilities: 1 }, 1],
    [{ ...facts, new_user_namespace: true }, 0],
    [{ ...facts, seccomp: false }, 0],
    [{ ...facts, no_new_privs: false }, 0],
    [null, 0],
  ])('one property missing is not level 3: %j', (measured, level) => {
    const judged = judge({ ...clean, facts: measured }, true, false)
    expect(judged.level).toBe(level)
    expect(judged.why.length).toBeGreaterThan(0)
  })
  test('one thing reached is not level 3, and is named', () => {
    const judged = judge({ ...clean, leaks: ['loopback'] }, true, false)
    expect(judged).toMatchObject({ level: 1, why: [expect.stringContaining('loopback')] })
  })
  test('host root in the uid map is not level 3', () => {
    expect(judge({ ...clean, rootMapped: true }, true, false)).toMatchObject({ level: 1, why: [expect.stringContaining('root')] })
  })
  test('without a sandbox it is 1 at best', () => {
    expect(judge(clean, false, false).level).toBe(1)
  })
})

describe('why there is no sandbox, in words', () => {
  const machine = (values: Record<string, string>) => (path: string) => values[path] ?? null
  const apparmor = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
  test.each([
    ['spawn bwrap ENOENT', {}, WORDS.bubblewrap],
    ['bwrap: setting up uid map: Permission denied', { [apparmor]: '1' }, WORDS.apparmor],
    ['bwrap: No permissions to create new namespace', { '/proc/sys/user/max_user_namespaces': '0' }, WORDS.sysctl],
    ['bwrap: Creating new namespace failed: Operation not permitted', {}, WORDS.container],
    ["bwrap: Can't mkdir /x: Read-only file system", {}, "bubblewrap failed: bwrap: Can't mkdir /x: Read-only file system"],
  ])('%s', (message, values, words) => {
    expect(refusal(message, machine(values))).toBe(words)
  })
})

/** An interpreter that a plain user can run with our packages: ours, or the system's when ours lies in root's home. */
function plainPython(folder: string): string | null {
  const works = (python: string) =>
    spawnSync('setpriv', [...AS_USER, '/bin/sh', '-c', `exec ${python} -I -c 'import marimo'`]).status === 0
  if (works(PYTHON)) return PYTHON
  const [minor = '', packages = ''] = execFileSync(PYTHON, ['-c', WHERE], { encoding: 'utf8' }).trim().split(' ')
  if (spawnSync(`/usr/bin/python${minor}`, ['-m', 'venv', '--without-pip', join(folder, 'env')]).status !== 0) return null
  writeFileSync(join(folder, 'env/lib', `python${minor}`, 'site-packages/ours.pth'), `${packages}\n`)
  return works(join(folder, 'env/bin/python')) ? join(folder, 'env/bin/python') : null
}
const AS_USER = ['--reuid', '1500', '--regid', '1500', '--clear-groups', '--']
const WHERE = 'import sys, marimo, os; print("%d.%d" % sys.version_info[:2], os.path.dirname(os.path.dirname(marimo.__file__)))'

describe.skipIf(!sandboxable)('as a plain user', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rootless-'))
  chmodSync(folder, 0o755)
  const python = plainPython(folder)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.skipIf(python === null)('level 2, and why not 3', () => {
    const own = join(folder, 'own')
    mkdirSync(own, { mode: 0o700 })
    chownSync(own, 1500, 1500)
    const script = join(import.meta.dirname, '../../testing/rootless.ts')
    const run = spawnSync('setpriv', [...AS_USER, process.execPath, script, python ?? '', own], {
      encoding: 'utf8',
      env: { ...process.env, HOME: own },
    })
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout)).toEqual({ level: 2, why: [WORDS.rootless] })
  })
})

describe.skipIf(!sandboxable)('two real kernels', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround()
  }, 60_000)
  afterAll(() => ground.close())
  const options = () => ({
    base: ground.base,
    zygote: ground.zygote,
    folder: ground.folder,
    state: [ground.folder],
    uids: [61901, 61902] as const,
  })

  test('level 3 here, and none of its deadlines is waited out', async () => {
    const begun = performance.now()
    expect(await probe(options())).toEqual({ level: 3, why: [] })
    expect(performance.now() - begun).toBeLessThan(5000)
  })

  test('the same attack without a sandbox reaches all that the filter leaves: the checks can fail', async () => {
    const { leaks } = await report({ ...options(), base: null })
    const expected = [
      'environ',
      'cmdline',
      'memory',
      'descriptors',
      'root_folder',
      'file',
      'shared_memory',
      'loopback',
      'abstract_socket',
      'signals',
      'process_list',
      'shadow',
      'write_system',
      'runner_socket',
      'state',
    ]
    expect(leaks).toEqual(expect.arrayContaining(expected))
  })

  test('a bubblewrap that never answers ends in a named failure', async () => {
    const stub = join(ground.folder, 'sleeper')
    writeFileSync(stub, '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 })
    const options = { id: 'slow', home: ground.folder, files: null, sockets: null, uid: 61903, tmp: 2 ** 20, shm: 2 ** 20 }
    const built = buildHolder({ ...ground.base, bwrap: stub }, options, 200)
    await expect(built).rejects.toMatchObject({ step: 'sandbox', message: 'bubblewrap built no sandbox in time' })
  })

  /** bubblewrap held up at one moment of its building, where it is then killed: `held` adds to what the shell gives it. */
  async function cut(id: string, held: string, reached: (first: number) => boolean): Promise<number> {
    const stub = join(ground.folder, id)
    writeFileSync(stub, `#!/bin/sh\nexec ${ground.base.bwrap} ${held}\n`, { mode: 0o755 })
    const before = new Set(childrenOf(process.pid))
    const options = { id, home: ground.folder, files: null, sockets: null, uid: 61904, tmp: 2 ** 20, shm: 2 ** 20 }
    const built = buildHolder({ ...ground.base, bwrap: stub }, options).catch((error: unknown) => error)
    const monitor = await found(() => childrenOf(process.pid).find((pid) => !before.has(pid)))
    const first = await found(() => childrenOf(monitor)[0])
    await found(() => reached(first) || undefined)
    process.kill(monitor, 'SIGKILL')
    await expect(built).resolves.toMatchObject({ step: 'sandbox' })
    return first
  }
  const gone = (pid: number) => found(() => processStart(pid) === '' || undefined)
  /** Both ends of a pipe with a name: who opens it waits for nobody, who reads it waits for us. */
  function pipe(name: string): { path: string; fd: number } {
    const path = join(ground.folder, name)
    execFileSync('mkfifo', [path])
    return { path, fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK) }
  }

  test('a bubblewrap that is killed while it mounts leaves nothing that waits', async () => {
    const file = pipe('file')
    const mounting = (pid: number) => readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes('newroot')
    const first = await cut('mounting', `--file 9 /held "$@" 9<${file.path}`, mounting)
    expect(processStart(first)).not.toBe('')
    closeSync(file.fd) // what it copies ends here, and it goes on
    await gone(first)
  })

  test('one that is killed as it begins is ended by the next instance', async () => {
    const info = pipe('info')
    fillPipe(info.fd) // it says who was born before it lets the born go on
    const first = await cut('begun', `"$@" 3>${info.path}`, () => true)
    expect(processStart(first)).not.toBe('')
    endBegun(ground.base.folder)
    await gone(first)
    closeSync(info.fd)
  })

  test('a bubblewrap that fails lowers the level and says why', async () => {
    const broken = { ...ground.base, bwrap: '/bin/false' }
    const { level, why } = await probe({ ...options(), base: broken })
    expect(level).toBeLessThan(2)
    expect(why[0]).toMatch(/bubblewrap/)
    expect((await probe({ ...options(), base: { ...ground.base, bwrap: '/nonexistent' } })).why[0]).toBe(WORDS.bubblewrap)
  })
})
