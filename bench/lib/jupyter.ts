// The peer: a Jupyter server with ipykernel in an environment of its own, with the same versions of the data libraries.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { portPair, ROOT, until } from '../../e2e/stack.ts'

const FOLDER = join(ROOT, '.tools/jupyter')
const UV = join(ROOT, '.tools/bin/uv')
const SHARED = ['pandas', 'numpy', 'plotly', 'ipykernel']

/** Made once; `uv` takes the versions of what both environments have from the kernels' lock. */
export function prepareJupyter(): void {
  if (existsSync(join(FOLDER, 'bin/jupyter-server'))) return
  execFileSync(UV, ['venv', '-q', '--python', join(ROOT, '.venv/bin/python'), FOLDER])
  const constraints = join(tmpdir(), `constraints-${process.pid}.txt`)
  const locked = readFileSync(join(ROOT, 'python/requirements.lock'), 'utf8').match(/^(pandas|numpy|plotly)==[^\\\n]+/gm) ?? []
  writeFileSync(constraints, locked.join('\n'))
  execFileSync(UV, [
    'pip',
    'install',
    '-q',
    '--python',
    join(FOLDER, 'bin/python'),
    '-c',
    constraints,
    'jupyter_server',
    'nbformat',
    ...SHARED,
  ])
  rmSync(constraints)
}

/** ms from the start of the server's process to the first result that the code shows. */
export async function jupyterStart(code: string): Promise<number> {
  const port = await portPair()
  const home = mkdtempSync(join(tmpdir(), 'jupyter-'))
  const began = performance.now()
  const flags = [
    '--no-browser',
    '--allow-root',
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--ServerApp.port_retries=0',
    '--IdentityProvider.token=',
    '--ServerApp.disable_check_xsrf=True',
    `--ServerApp.root_dir=${home}`,
  ]
  const server = spawn(join(FOLDER, 'bin/jupyter-server'), flags, { stdio: 'ignore', env: { ...process.env, HOME: home } })
  try {
    const base = `http://127.0.0.1:${port}`
    await until('the Jupyter server answers', 60_000, () =>
      fetch(`${base}/api`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    const kernel = (await (await fetch(`${base}/api/kernels`, { method: 'POST', body: '{"name":"python3"}' })).json()) as {
      id: string
    }
    return (await firstResult(`ws://127.0.0.1:${port}/api/kernels/${kernel.id}/channels`, code)) - began
  } finally {
    const gone = new Promise((done) => server.once('exit', done))
    server.kill('SIGTERM')
    await gone
    rmSync(home, { recursive: true, force: true })
  }
}

function firstResult(url: string, code: string): Promise<number> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const id = Math.random().toString(16).slice(2)
  const header = {
    msg_id: id,
    username: '',
    session: id,
    date: new Date().toISOString(),
    msg_type: 'execute_request',
    version: '5.3',
  }
  const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: true }
  return new Promise<number>((done, fail) => {
    socket.on('error', fail)
    socket.on('open', () => socket.send(JSON.stringify({ channel: 'shell', header, parent_header: {}, metadata: {}, content })))
    socket.on('message', (raw) => {
      const message = JSON.parse(raw.toString()) as {
        msg_type: string
        parent_header: { msg_id?: string }
        content: { ename?: string }
      }
      if (message.parent_header.msg_id !== id) return
      if (message.msg_type === 'error') fail(new Error(`Jupyter: ${message.content.ename}`))
      if (message.msg_type === 'execute_result' || message.msg_type === 'display_data') done(performance.now())
    })
  }).finally(() => socket.terminate())
}
