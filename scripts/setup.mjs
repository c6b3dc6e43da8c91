// Everything a clone needs before it can run, as idempotent steps. `npm start` and `npm test` both begin here.
// Uses Node's own modules only: it runs before node_modules exists, on whatever Node the host has (20 or newer).
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { needDisk } from './lib/disk.mjs'
import { aptInstall, environmentPython, findPython, fits, has, mayInstall } from './lib/host.mjs'
import { at, EXTRA_LOCK, exists, LOCK, NODE, outdated, PYTHON, ROOT, stamp, stamped, UV } from './lib/paths.mjs'
import { run, StepError } from './lib/run.mjs'
import { fail, perform } from './lib/steps.mjs'

const UV_LOCK = at('python/uv.lock.txt')
const locks = () => [LOCK, ...(exists(EXTRA_LOCK) ? [EXTRA_LOCK] : [])]
const BUILD_INPUTS = ['web', 'protocol', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'].map((path) => at(path))
const FRAME_SOURCES = [
  'scripts/frame.mjs',
  'scripts/lib/hollow.mjs',
  'scripts/frame-page.py',
  'web/frame',
  'protocol/bridge.ts',
  'package-lock.json',
] // MathJax and the bundler
const FRAME_INPUTS = [LOCK, ...FRAME_SOURCES.map((path) => at(path))]

/** The installed tree differs from the lock: npm's own hidden lock file says what stands in node_modules. */
function staleNodeModules() {
  if (!exists(at('node_modules/.package-lock.json')) || !exists(NODE)) return 'not there yet'
  const packages = (path) => JSON.parse(readFileSync(at(path), 'utf8')).packages
  const installed = packages('node_modules/.package-lock.json')
  const changed = Object.entries(packages('package-lock.json')).find(
    ([path, wanted]) => path !== '' && !wanted.optional && installed[path]?.version !== wanted.version,
  )
  return changed === undefined ? null : `${changed[0].replace('node_modules/', '')} is not as locked`
}

export const nodePackages = {
  name: 'npm packages, Node 24 among them (npm ci)',
  needed: staleNodeModules,
  disk: 1024, // MiB, downloads included
  run: () => run('npm', ['ci', '--no-audit', '--no-fund']),
}

const NO_VENV = /ensurepip|No module named '?venv/ // Debian keeps them in a package of their own

export async function makeVenv(python, folder, say) {
  try {
    await run(python, ['-m', 'venv', folder])
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    if (!NO_VENV.test(error.message)) throw error
    if (!mayInstall())
      throw new StepError(`${error.message}\n${python} lacks its venv module: apt-get install python3-venv (or python3-full)`)
    await aptInstall(['python3-venv'], say)
    await run(python, ['-m', 'venv', folder])
  }
}

/** uv installs the environment ten times faster than pip; where it is not to be had, pip does the same with the same hashes. */
export const uvTool = {
  name: 'uv, the Python installer (.tools)',
  needed: () => outdated('uv', [UV_LOCK], [at('.tools/bin/python')]),
  makesVenv: () => true,
  async run(say) {
    await makeVenv(findPython(), at('.tools'), say)
    try {
      await run(at('.tools/bin/python'), ['-m', 'pip', 'install', '-q', '--require-hashes', '-r', UV_LOCK])
    } catch {
      say('uv is not to be had here; pip will do')
    }
    stamp('uv', [UV_LOCK])
  },
}

function staleEnvironment() {
  if (!fits(environmentPython())) return exists(PYTHON) ? 'its Python is gone or too old' : 'not there yet'
  return outdated('python', locks(), [PYTHON])
}

export const pythonEnvironment = {
  name: 'Python environment, locked by hash (.venv)',
  needed: staleEnvironment,
  disk: 3072,
  makesVenv: () => !stamped('python') || !fits(environmentPython()), // half of one, when the first set-up was cut short
  async run(say) {
    if (this.makesVenv()) {
      rmSync(at('.venv'), { recursive: true, force: true })
      await makeVenv(findPython(), at('.venv'), say)
    }
    const files = locks()
    if (exists(UV)) await run(UV, ['pip', 'sync', '-q', '--require-hashes', '--python', PYTHON, ...files])
    else await run(PYTHON, ['-m', 'pip', 'install', '-q', '--require-hashes', ...files.flatMap((file) => ['-r', file])])
    stamp('python', files)
  },
}

const LIBRARY = at('python/scrydon')
const SITE = 'import sysconfig; print(sysconfig.get_paths()["purelib"])'

/** Where every kernel finds it, in the environment that its sandbox shows. */
export const library = {
  name: 'the library of notebooks (scrydon), into the environment',
  needed: () => outdated('library', [LIBRARY, LOCK], [PYTHON]),
  async run() {
    const folder = join((await run(PYTHON, ['-I', '-c', SITE])).trim(), 'scrydon')
    rmSync(folder, { recursive: true, force: true })
    cpSync(LIBRARY, folder, { recursive: true })
    stamp('library', [LIBRARY, LOCK])
  },
}

const LEARNED = at('.venv/learned.json')
const learnedInputs = () => [...locks(), at('python/launcher/learn.py'), at('python/launcher/preload.py')]

export const learnedSet = {
  name: 'modules that notebooks load, learned for the zygote',
  needed: () => outdated('learned', learnedInputs(), [LEARNED]),
  /** It only makes starts faster: without it everything works, and the next set-up tries again. */
  async run(say) {
    try {
      await run(PYTHON, ['-I', at('python/launcher/learn.py'), LEARNED])
      stamp('learned', learnedInputs())
    } catch (error) {
      say(`not learned this time, so kernels start more slowly: ${error.message.split('\n').at(-1)}`)
    }
  },
}

export const frameAssets = {
  name: "marimo's front end for the sealed frame",
  needed: () => outdated('frame', FRAME_INPUTS, [at('dist/frame')]),
  async run() {
    await run(NODE, [at('scripts/frame.mjs')])
    stamp('frame', FRAME_INPUTS)
  },
}

export const webBuild = {
  name: 'the shell (vite build)',
  needed: () => outdated('web', BUILD_INPUTS, [at('dist/shell')]),
  async run() {
    await run(NODE, [at('node_modules/vite/bin/vite.js'), 'build'])
    stamp('web', BUILD_INPUTS)
  },
}

/** Sandboxing needs bubblewrap. It is installed only on a machine nobody lives on; elsewhere the one command is said. */
export const bubblewrap = {
  name: 'bubblewrap, for sandboxes',
  needed: () => (process.platform === 'linux' && !has('bwrap') && mayInstall() ? 'not there yet' : null),
  run: (say) => aptInstall(['bubblewrap'], say),
}

export const STEPS = [nodePackages, uvTool, pythonEnvironment, library, bubblewrap, learnedSet, frameAssets, webBuild]

/** What a step of many minutes would run into is said before the first of them begins. */
function foresee(due) {
  const disk = due.reduce((sum, step) => sum + (step.disk ?? 0), 0)
  if (disk === 0) return
  console.log('Setting up: a few minutes the first time, under a second later.')
  needDisk(ROOT, disk, 'The set-up')
  if (due.some((step) => step.makesVenv?.())) findPython()
}

/** Answers how many steps were needed. */
export async function setup(steps = STEPS) {
  const started = Date.now()
  foresee(steps.filter((step) => step.needed() !== null))
  const done = await perform(steps)
  if (done > 0) console.log(`Set up in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
  return done
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setup().catch(fail)
