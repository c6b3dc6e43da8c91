// What the machine offers: its system, Python, the right to install system packages.
import { readFileSync } from 'node:fs'
import { PYTHON, ROOT } from './paths.mjs'
import { ask, run, StepError } from './run.mjs'

const OLDEST = [3, 11]
const CANDIDATES = ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3', 'python']
const VERSION = ['-I', '-c', 'import sys; print("%d.%d" % sys.version_info[:2])']

export function pythonVersion(command) {
  const answer = ask(command, VERSION)
  return answer === null ? null : answer.split('.').map(Number)
}

export function fits(version) {
  return version !== null && version[0] === OLDEST[0] && version[1] >= OLDEST[1]
}

/** The Python that builds the environment: PYTHON, else the newest one found that is not too old. */
export function findPython() {
  const named = process.env.PYTHON
  const seen = []
  for (const command of named ? [named] : CANDIDATES) {
    const version = pythonVersion(command)
    if (fits(version)) return command
    if (version !== null) seen.push(`${command} is ${version.join('.')}`)
  }
  const found = seen.length > 0 ? `found: ${seen.join(', ')}` : named ? `PYTHON=${named} does not run` : 'no Python was found'
  throw new StepError(
    `Python ${OLDEST.join('.')} or newer is needed; ${found}.\n` +
      'Install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name one: PYTHON=/path/to/python3.11 npm start',
  )
}

export function environmentPython() {
  return pythonVersion(PYTHON)
}

/** Kernels hang on what only Linux has (process handles, /proc), so elsewhere a start would promise what it cannot keep. */
export function needLinux(platform = process.platform) {
  if (platform !== 'linux')
    throw new StepError(
      `Scrydon Notebooks runs on Linux: its kernels cannot run on ${platform === 'darwin' ? 'macOS' : platform}. ` +
        'On Windows use WSL, on macOS a Linux virtual machine.',
    )
}

export const isRoot = () => process.getuid?.() === 0

/** A machine that nobody lives on: system packages may be installed there without asking. */
export function isContainer() {
  if (process.env.CI || process.env.KUBERNETES_SERVICE_HOST) return true
  return (
    ['/.dockerenv', '/run/.containerenv'].some((path) => read(path) !== null) || /container=/.test(read('/proc/1/environ') ?? '')
  )
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

export const has = (command) => ask('sh', ['-c', `command -v ${command}`]) !== null
export const mayInstall = () => isRoot() && isContainer() && has('apt-get')

let refreshed = false

export async function aptInstall(packages, say) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!refreshed) {
    say('apt-get update')
    await run('apt-get', ['-q', 'update'], { env, cwd: ROOT })
    refreshed = true
  }
  say(`apt-get install ${packages.join(' ')}`)
  await run('apt-get', ['-qy', '--no-install-recommends', 'install', ...packages], { env, cwd: ROOT })
}
