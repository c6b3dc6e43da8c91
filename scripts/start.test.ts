// What `npm start` says when it cannot serve, and on its way to serving: each by spawning it in a fresh clone.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TAKES } from '../server/config.ts'
import { startedAt } from './lib/lock.mjs'
import { Clone, FAKES, occupy, portPair } from './testing.ts'

const CONFIGURATION = 78 // starting again would not help: a service manager is told by this

let clone: Clone
const servers: Server[] = []
beforeEach(() => {
  clone = new Clone()
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  clone.remove()
})

/** A start goes no further than this: what it says then shows that it came past everything before. */
async function stopsAtPort(): Promise<{ PORT: string }> {
  const port = await portPair()
  servers.push(await occupy(port, '127.0.0.1'))
  return { PORT: String(port) }
}

describe('variables and options', () => {
  test.each(['abc', '0', '65535', '4000.5'])('PORT=%s is named', async (port) => {
    const { child, ended } = clone.start({ PORT: port })
    expect(await ended).toBe(`\n✗ PORT must be a number from 1 to 65534, not "${port}".\n`)
    expect(child.exitCode).toBe(CONFIGURATION)
  })

  test.each(['SCRYDON_TABLES', 'SCRYDON_TABLES_OWNER'])('%s is named where it is no address, and not shown', async (name) => {
    const { child, ended } = clone.start({ [name]: 'mysql://me:secret@host/tables' })
    expect(await ended).toBe(`\n✗ ${name} must be a postgresql:// address.\n`)
    expect(child.exitCode).toBe(CONFIGURATION)
  })

  test('an unknown option is named and the known ones are listed', async () => {
    const said = await clone.start({}, '--port=5000').ended
    expect(said).toContain('✗ Unknown option --port=5000.')
    expect(said).toContain('--insecure-shared-kernels')
  })

  test('--help needs nothing', async () => {
    const { child, ended } = clone.start({}, '--help')
    expect(await ended).toMatch(/^npm start {2}/)
    expect(child.exitCode).toBe(0)
    expect(existsSync(clone.lock)).toBe(false)
  })

  test.each(['nowhere', 'package.json', 'package.json/below'])('SCRYDON_EXAMPLES=%s is named', async (path) => {
    const said = await clone.start({ SCRYDON_EXAMPLES: path }).ended
    expect(said).toBe(`\n✗ SCRYDON_EXAMPLES names ${join(clone.root, path)}, which is not a folder.\n`)
  })

  test('SCRYDON_MODELS that is no folder is named', async () => {
    const { child, ended } = clone.start({ SCRYDON_MODELS: 'nowhere' })
    expect(await ended).toBe(`\n✗ SCRYDON_MODELS names ${join(clone.root, 'nowhere')}, which is not a folder.\n`)
    expect(child.exitCode).toBe(CONFIGURATION)
  })
})

describe('ports', () => {
  test.each([
    ['the shell', 0],
    ["the notebooks' frames", 1],
  ])('the one for %s in use', async (what, offset) => {
    const port = await portPair()
    servers.push(await occupy(port + offset, '127.0.0.1'))
    const { child, ended } = clone.start({ PORT: String(port) })
    expect(await ended).toBe(
      `\n✗ Port ${port + offset} (for ${what}) is in use. Stop what uses it, or choose another pair: PORT=4100 npm start\n`,
    )
    expect(child.exitCode).toBe(CONFIGURATION)
    expect(existsSync(clone.lock)).toBe(false)
  })
})

describe('the state folder', () => {
  test('on a file system without room', async () => {
    expect(await clone.start({ SCRYDON_HOME: '/proc/scrydon' }).ended).toBe(
      '\n✗ The state folder needs 512 MiB of free disk and /proc has 0 MiB. Free some space and start again.\n',
    )
  })

  test.each([
    ['package.json', 'it is a file'],
    ['package.json/state', 'a part of its path is a file'],
  ])('%s cannot be one, and why is said', async (path, why) => {
    expect(await clone.start({ SCRYDON_HOME: path }).ended).toContain(
      `✗ The state folder ${join(clone.root, path)} cannot be used: ${why}.`,
    )
  })
})

describe('one instance per state folder', () => {
  test('a second is refused while the first is at its set-up, and takes over when the first was killed', async () => {
    clone.put('python3', FAKES.python('3.12')).put('npm', FAKES.npm.hangs)
    const first = clone.start({ PORT: String(await portPair()) })
    await first.until('→ npm packages')
    const second = clone.start()
    expect(await second.ended).toContain(`✗ Another instance (process ${first.child.pid}) uses ${clone.home}.`)
    expect(second.child.exitCode).toBe(CONFIGURATION)
    await clone.kill(first)
    expect(await clone.start(await stopsAtPort()).ended).toMatch(/^\n✗ Port/)
  })

  test.each(['', '{"holder"', 'null', '{}'])('a lock that a power cut left as %o is no instance', async (text) => {
    writeFileSync(clone.lock, text)
    expect(await clone.start(await stopsAtPort()).ended).toMatch(/^\n✗ Port/)
    expect(existsSync(clone.lock)).toBe(false)
  })

  test('what a killed instance left running is ended, and nothing that got its number since', async () => {
    const [left, stranger] = [spawn('sleep', ['100']), spawn('sleep', ['100'])]
    const children = [
      { name: 'runner', pid: left.pid, started: startedAt(left.pid) },
      { name: 'gateway', pid: stranger.pid, started: 'another time' },
    ]
    writeFileSync(clone.lock, JSON.stringify({ holder: { pid: stranger.pid, started: 'another time' }, children }))
    const ended = new Promise((done) => left.once('exit', (_, signal) => done(signal)))
    await clone.start(await stopsAtPort()).ended
    expect(await ended).toBe('SIGTERM')
    expect(startedAt(stranger.pid)).not.toBeNull()
    stranger.kill()
  })
})

describe('Python', () => {
  test('none', async () => {
    expect(await clone.put('npm', FAKES.npm.installs).start().ended).toContain(
      '✗ Python 3.11 or newer is needed; no Python was found.',
    )
    expect(existsSync(join(clone.root, 'node_modules'))).toBe(false) // said before anything is downloaded
  })

  test('too old', async () => {
    expect(await clone.put('python3', FAKES.python('3.9')).start().ended).toContain(
      '✗ Python 3.11 or newer is needed; found: python3 is 3.9.',
    )
  })

  test('named and not there', async () => {
    expect(await clone.put('python3', FAKES.python('3.12')).start({ PYTHON: '/nowhere' }).ended).toContain(
      '✗ Python 3.11 or newer is needed; PYTHON=/nowhere does not run.',
    )
  })

  test('without its venv module: the package is named, and the steps before it went by with their names and times', async () => {
    clone.put('python3.14', FAKES.python('3.14')).put('npm', FAKES.npm.installs)
    const said = await clone.start({ PORT: String(await portPair()) }).ended
    expect(said).toMatch(
      new RegExp(
        '^Setting up: a few minutes the first time, under a second later.\n' +
          '→ npm packages, Node 24 among them \\(npm ci\\) \\(not there yet\\)\n' +
          '✓ npm packages, Node 24 among them \\(npm ci\\): \\d+\\.\\d s\n' +
          '→ uv, the Python installer \\(.tools\\) \\(not there yet\\)\n',
      ),
    )
    expect(said).toContain('python3.14 lacks its venv module: apt-get install python3-venv (or python3-full)')
  })

  test('whose environment fails for another reason: that reason, and no package', async () => {
    clone.put('python3', FAKES.python('3.12', 'No space left on device')).put('npm', FAKES.npm.installs)
    const said = await clone.start({ PORT: String(await portPair()) }).ended
    expect(said).toContain(' -m venv ')
    expect(said).toContain('No space left on device')
    expect(said).not.toContain('apt-get')
  })
})

test('a step that fails shows its last words, without a stack, and leaves no lock', async () => {
  clone.put('python3', FAKES.python('3.12')).put('npm', FAKES.npm.fails)
  const { child, ended } = clone.start({ PORT: String(await portPair()) })
  const said = await ended
  expect(child.exitCode).toBe(1) // a registry that is away comes back: a service manager may try again
  expect(said.split('\n').slice(-3)).toEqual(['✗ npm ci --no-audit --no-fund ended with code 1:', 'npm error network', ''])
  expect(existsSync(clone.lock)).toBe(false)
})

test('the lock names who holds it', async () => {
  clone.put('python3', FAKES.python('3.12')).put('npm', FAKES.npm.hangs)
  const run = clone.start({ PORT: String(await portPair()) })
  await run.until('→ npm packages')
  const { holder } = JSON.parse(readFileSync(clone.lock, 'utf8'))
  expect(holder).toEqual({ pid: run.child.pid, started: startedAt(run.child.pid) })
})

describe('what only an operator can put right ends with 78, so that a service manager does not try again', () => {
  const refused = async (run: ReturnType<Clone['start']>) => {
    await run.ended
    return run.child.exitCode
  }

  test.each<[string, Record<string, string>, string[]]>([
    ['a port that is none', { PORT: 'many' }, []],
    ['frames on a port that is none', { CONTENT_PORT: '70000' }, []],
    ['examples that are no folder', { SCRYDON_EXAMPLES: 'nowhere' }, []],
    ['an option that is none', {}, ['--fast']],
  ])('%s', async (_, env, flags) => {
    expect(await refused(clone.start(env, ...flags))).toBe(78)
  })

  test('a busy port', async () => expect(await refused(clone.start(await stopsAtPort()))).toBe(78))

  test('frames on a busy port of their own', async () => {
    const port = await portPair()
    servers.push(await occupy(port + 1, '127.0.0.1'))
    const other = await portPair()
    const run = clone.start({ PORT: String(other), CONTENT_PORT: String(port + 1) })
    expect(await run.ended).toContain(`Port ${port + 1} (for the notebooks' frames) is in use`)
    expect(run.child.exitCode).toBe(78)
  })

  test('a state folder that another instance uses, which keeps its lock', async () => {
    const lock = JSON.stringify({ holder: { pid: process.pid, started: startedAt(process.pid) }, children: [] })
    writeFileSync(clone.lock, lock)
    expect(await refused(clone.start())).toBe(78)
    expect(readFileSync(clone.lock, 'utf8')).toBe(lock)
  })
})

test('the help names every variable that an operator may set', async () => {
  const said = await clone.start({}, '--help').ended
  const inner = ['SCRYDON_DIST', 'SCRYDON_RUNNER', 'SCRYDON_DATA', 'SCRYDON_BENCH_ACCOUNTS', 'SCRYDON_INSECURE_SHARED_KERNELS']
  for (const name of Object.keys(TAKES).filter((known) => !inner.includes(known))) expect(said).toContain(`  ${name} `)
})
