// The runner as `npm start` runs it, with real kernels: what it does when something is killed.
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Client, type KernelChannel, type RunnerChannel, specOf } from './testing/client.ts'
import { GUARD } from './testing/launch.ts'
import { prepared, temporaryRoot } from './testing/local.ts'
import { alive, eventually, RunnerProcess } from './testing/process.ts'

const SOURCE = `import marimo

app = marimo.App()


@app.cell
def _():
    answer = 6 * 7
    answer
    return (answer,)


if __name__ == "__main__":
    app.run()
`
const WRITES = 'try: open("files/mine", "w")\nexcept OSError as error: said = "refused: " + error.strerror\nsaid'
vi.setConfig({ testTimeout: 90_000 }) // a start imports all of marimo and its libraries
let count = 0
const roots = new Set<string>()

type Live = { readonly kernel: string; readonly channel: KernelChannel; readonly cell: string }

async function start(client: Client, runner: RunnerChannel, more: Parameters<typeof specOf>[1] = {}): Promise<Live> {
  count += 1
  const spec = specOf(`real${count}`, more)
  expect((await runner.call('/start', spec, SOURCE)).status).toBe(200)
  await runner.live(spec.id)
  const channel = client.kernel(spec.id, 't_first00000')
  const ready = await channel.op('kernel-ready')
  return { kernel: spec.id, channel, cell: (ready.cell_ids as string[])[0] ?? '' }
}

async function evaluate({ channel, cell }: Live, code: string, expected: string): Promise<void> {
  expect((await channel.answer(channel.run(cell, code))).head.status).toBe(200)
  await channel.output(cell, (data) => data.includes(expected))
}

async function failing({ channel, cell }: Live, code: string, expected: string): Promise<void> {
  channel.run(cell, code)
  await channel.op('cell-op', (data) => JSON.stringify(data.output).includes(expected))
}

describe.skipIf(!prepared)('the runner with real kernels', () => {
  let process_: RunnerProcess
  let client: Client
  let runner: RunnerChannel
  const open = async (root?: string) => {
    process_ = await new RunnerProcess(root).listening()
    roots.add(process_.root)
    client = process_.connect()
    runner = client.runner()
    await runner.ready()
  }
  beforeAll(() => open(), 60_000)
  afterAll(async () => {
    await process_.end('SIGTERM')
    for (const root of roots) fs.rmSync(root, { recursive: true, force: true })
  })

  it('runs a cell, and its output comes through the channel', async () => {
    const live = await start(client, runner)
    await evaluate(live, '6 * 7 * 1000', '42000')
    await evaluate(live, '"marimo twice: " + str(open("notebook.py").read().count("marimo"))', 'marimo twice: 2')
  })

  it('shows the notebook’s files, those that come later too, and lets nobody write them', async () => {
    const live = await start(client, runner, { files: 'shown' })
    const folder = path.join(process_.root, 'uploads', 'n_first0000')
    fs.writeFileSync(path.join(folder, 'later.csv'), 'a,b', { mode: 0o644 })
    await evaluate(live, '"read: " + open("files/later.csv").read()', 'read: a,b')
    await evaluate(live, WRITES, 'refused: Read-only file system')
  })

  it('shows none of them to a kernel that they are not for', async () => {
    const folder = path.join(process_.root, 'uploads', 'n_first0000')
    fs.mkdirSync(folder, { recursive: true })
    const live = await start(client, runner)
    fs.writeFileSync(path.join(folder, 'later.csv'), 'a,b', { mode: 0o644 })
    await evaluate(live, 'import os; f"in sight: {len(os.listdir(\'files\'))}"', 'in sight: 0')
    await evaluate(live, WRITES, 'refused: Read-only file system')
  })

  it('keeps variables and outputs for a page that is loaded again', async () => {
    const live = await start(client, runner)
    await evaluate(live, 'kept = "still " + "here"; kept', 'still here')
    const again = client.kernel(live.kernel, 't_second0000')
    expect(await again.ready()).toMatchObject({ resumed: false })
    expect(await again.op('kernel-ready')).toMatchObject({ resumed: true })
    await again.output(live.cell, (data) => data.includes('still here'))
    expect((await live.channel.ended()).reason).toBe('moved')
  })

  it('says within 2 s that a server was killed', async () => {
    const live = await start(client, runner)
    process.kill(process_.server(live.kernel), 'SIGKILL')
    expect(await runner.exited(live.kernel, 2000)).toMatchObject({
      cause: 'crashed',
      message: expect.stringContaining('kill signal'),
    })
    expect((await live.channel.ended(2000)).reason).toBe('kernelGone')
  })

  it('says that Python exited, with its code', async () => {
    const live = await start(client, runner)
    live.channel.run(live.cell, 'import os; os._exit(3)')
    expect(await runner.exited(live.kernel, GUARD)).toMatchObject({
      cause: 'crashed',
      message: expect.stringContaining('exit code 3'),
    })
  })

  it.each(['edit', 'run'] as const)('names the memory limit when it is met (%s)', async (mode) => {
    const hog = 'hog = [bytearray(1 << 24) for _ in range(200)]\nfor block in hog: block[::4096] = b"x" * len(block[::4096])'
    count += 1
    const spec = specOf(`real${count}`, { mode })
    const source = SOURCE.replace('answer = 6 * 7', `${hog.replace('\n', '\n    ')}\n    answer = 1`)
    await runner.call('/start', spec, mode === 'run' ? source : SOURCE)
    if (mode === 'edit') {
      await runner.live(spec.id)
      const channel = client.kernel(spec.id, 't_first00000')
      const ready = await channel.op('kernel-ready')
      channel.run((ready.cell_ids as string[])[0] ?? '', hog)
    }
    expect(await runner.exited(spec.id, GUARD)).toMatchObject({ cause: 'memory', message: expect.stringContaining('512 MB') })
  })

  const FILL =
    'import os\ndef fill(name):\n    file = open(name, "wb", buffering=0)\n    file.write(bytes(200 << 20))\n    return file\n'
  it.each([
    ['two files', `${FILL}fill("a"), fill("b")`, '256 MB'],
    [
      'files that are open and have no name',
      `${FILL}kept = [fill("a")]\nos.unlink("a")\nkept.append(fill("a"))\nos.unlink("a")`,
      '256 MB',
    ],
    ['many empty files', 'for n in range(20_100): open(str(n), "w").close()', '20000 files'],
    ['folders within folders', 'import os\nfor _ in range(100):\n    os.mkdir("d")\n    os.chdir("d")', '256 MB'],
  ])('stops a kernel that fills its scratch space with %s; another goes on', async (_, code, limit) => {
    const [live, bystander] = await Promise.all([start(client, runner), start(client, runner)])
    live.channel.run(live.cell, `${code}\nopen("/home/me/full", "w").close()`)
    const full = path.join(process_.root, 'kernels', live.kernel, 'home', 'full')
    const exited = runner.exited(live.kernel, GUARD)
    await Promise.race([exited, eventually(() => fs.existsSync(full), GUARD)]) // how long filling it takes is the kernel's affair
    const since = Date.now()
    expect(await exited).toMatchObject({ cause: 'scratch', message: expect.stringContaining(limit) })
    expect(Date.now() - since).toBeLessThan(8000)
    await eventually(() => !fs.existsSync(path.join(process_.root, 'kernels', live.kernel)), GUARD)
    await evaluate(bystander, '"still " + "here"', 'still here')
    await runner.call('/stop', { kernel: bystander.kernel, cause: 'stopped' })
  })

  it('lets no file grow beyond the scratch space, written or promised, and says so in the cell', async () => {
    const live = await start(client, runner)
    const free = () => fs.statfsSync(process_.root).bavail
    const before = free()
    await failing(live, 'open("big", "wb").write(bytes(300 << 20))', 'A kernel may write 240 MB')
    const promised = 'try: os.posix_fallocate(fd, 0, 1 << 40)\nexcept OSError as error: said = "promised: " + error.strerror'
    const made = `import ctypes, os\nos.unlink("big")\nfd = os.open("promised", os.O_CREAT | os.O_WRONLY)\n${promised}`
    const kept = 'ctypes.CDLL(None).fallocate(fd, 1, ctypes.c_long(0), ctypes.c_long(1 << 34))'
    await evaluate(live, `${made}\nsaid + ", kept: " + str(${kept})`, 'promised: File too large, kept: -1')
    expect((before - free()) * fs.statfsSync(process_.root).bsize).toBeLessThan(2 ** 30)
    await runner.call('/stop', { kernel: live.kernel, cause: 'stopped' })
  })

  it('goes on without its zygote: kernels unharmed, the next start works', async () => {
    const live = await start(client, runner)
    const before = process_.zygote
    process.kill(before, 'SIGKILL')
    await evaluate(live, '"alive " + "after"', 'alive after')
    await eventually(() => alive([before]).length === 0, 2000)
    await evaluate(await start(client, runner), '"the next one"', 'the next one')
    const holder = process_.holder(live.kernel)
    expect(alive([holder])).toEqual([holder])
    process_.endInside(live.kernel)
    expect((await runner.exited(live.kernel, 2000)).cause).toBe('crashed')
  })

  it('leaves nothing when it is killed, and starts again over what is left', async () => {
    const live = await start(client, runner)
    const pids = [...process_.inside(live.kernel), process_.zygote]
    expect(pids.length).toBeGreaterThan(2)
    await process_.end('SIGKILL')
    await eventually(() => alive(pids).length === 0, 2000)
    const { root } = process_
    expect(fs.existsSync(path.join(root, 'kernels', live.kernel))).toBe(true)
    await open(root)
    expect(fs.readdirSync(path.join(root, 'kernels'))).toEqual([])
    await evaluate(await start(client, runner), '"new " + "life"', 'new life')
  })

  it('is one per state folder', async () => {
    const second = new RunnerProcess(process_.root)
    await eventually(() => second.child.exitCode !== null, 20_000).finally(() => second.end('SIGKILL'))
    expect(second.child.exitCode).toBe(78)
    expect(second.stderr).toContain('Another kernel runner uses')
    expect((await runner.call('/info', {})).status).toBe(200)
  })

  it.each([
    [
      'a path that no socket can have',
      () => ({ SCRYDON_HOME: path.join(process_.root, 'x'.repeat(150)) }),
      'longer than 107 bytes',
    ],
    ['a level of the log that there is none of', () => ({ LOG_LEVEL: 'loud' }), 'LOG_LEVEL'],
  ])('says with its exit code that starting again will not help: %s', async (_, environment, words) => {
    const wrong = new RunnerProcess(temporaryRoot(), environment())
    roots.add(wrong.root)
    await eventually(() => wrong.child.exitCode !== null, 20_000).finally(() => wrong.end('SIGKILL'))
    expect(wrong.child.exitCode).toBe(78)
    expect(wrong.stderr).toContain(words)
  })

  it('without a sandbox shows the notebook’s files too, and says what is missing where governed data is asked for', async () => {
    const bin = path.join(temporaryRoot(), 'bin') // no bubblewrap in sight
    fs.mkdirSync(bin)
    fs.symlinkSync('/bin/rm', path.join(bin, 'rm'))
    const plain = await new RunnerProcess(path.dirname(bin), { PATH: bin }).listening()
    roots.add(plain.root)
    try {
      const near = plain.connect()
      const calls = near.runner()
      await calls.ready()
      const live = await start(near, calls, { files: 'shown' })
      fs.writeFileSync(path.join(plain.root, 'uploads', 'n_first0000', 'later.csv'), 'a,b')
      await evaluate(live, '"read: " + open("files/later.csv").read()', 'read: a,b')
      await failing(live, 'from scrydon import tables\ntables.list()', 'bubblewrap is not installed: install the package')
    } finally {
      await plain.end('SIGTERM')
    }
  })

  it('works in a state folder whose path is longer than a socket’s may be', async () => {
    const long = path.join(temporaryRoot(), 'y'.repeat(150))
    roots.add(path.dirname(long))
    const deep = await new RunnerProcess(long, { SCRYDON_RUNNER: path.join(path.dirname(long), 'runner.sock') }).listening()
    try {
      const far = deep.connect()
      const calls = far.runner()
      await calls.ready()
      const level = async (of: RunnerChannel) => (await of.call('/info', {})).body
      expect(await level(calls)).toMatchObject({ level: ((await level(runner)) as { level: number }).level })
      await evaluate(await start(far, calls), '"deep " + "down"', 'deep down')
    } finally {
      await deep.end('SIGTERM')
    }
  })

  it('ends with all its kernels when told to', async () => {
    const live = await start(client, runner)
    const pids = [...process_.inside(live.kernel), process_.zygote]
    expect(await process_.end('SIGTERM')).toBe(0)
    await eventually(() => alive(pids).length === 0, 2000)
    expect(fs.readdirSync(path.join(process_.root, 'kernels'))).toEqual([])
  })
})
