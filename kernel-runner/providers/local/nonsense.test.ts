// A zygote that does not keep to the protocol, played by a few lines of Python: only its own life ends.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { PYTHON, prepared } from '../../testing/local.ts'
import { type StartRequest, Zygote } from './zygote.ts'

const STUB = `import json, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
client = listener.accept()[0]
lines = client.makefile()
def say(message): client.sendall((message if isinstance(message, str) else json.dumps(message)).encode() + b"\\n")
say({"type": "ready", "marimo": "1", "python": "3", "modules": 1, "packages": []})
`
const REQUEST = { id: 'one' } as StartRequest
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nonsense-'))
const open: Zygote[] = []
afterEach(() => {
  for (const zygote of open.splice(0)) zygote.close()
})

async function stub(behaviour: string, patience?: number): Promise<Zygote> {
  const main = path.join(folder, 'main.py')
  fs.writeFileSync(main, STUB + behaviour)
  const zygote = new Zygote({ python: PYTHON, main, learned: null, folder, note: () => {}, ...(patience && { patience }) })
  open.push(zygote)
  await zygote.open()
  return zygote
}

test.skipIf(!prepared).each(['no json', '{"type": "started"}', '[]'])(
  'a line that is nonsense ends that life, another follows: %s',
  async (line) => {
    const zygote = await stub(`lines.readline()\nsay('${line}')\nlines.readline()\n`)
    const first = zygote.pid
    expect(await zygote.start(REQUEST)).toMatchObject({ type: 'failed', message: 'the zygote died' })
    await expect.poll(() => zygote.pid ?? first, { timeout: 10_000 }).not.toBe(first)
  },
)

test.skipIf(!prepared)('what starts after its time has passed is ended', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' })
  const ended = once(sleeper, 'exit')
  const late = `lines.readline()\nlines.readline()\nsay({"type": "started", "id": "one", "pid": ${sleeper.pid}})\nlines.readline()\n`
  const zygote = await stub(late, 100)
  expect(await zygote.start(REQUEST)).toMatchObject({ type: 'failed', message: 'the zygote did not answer in time' })
  void zygote.start({ ...REQUEST, id: 'two' })
  expect((await ended)[1]).toBe('SIGKILL')
})
