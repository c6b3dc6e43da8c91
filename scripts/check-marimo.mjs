// `npm run check:marimo -- VERSION`: a candidate marimo, installed aside, against what we rely on: the routes and functions that
// are triaged, the settings that are forced, the symbols that are patched, and notebooks in sealed frames in a browser.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { at, LOCK, NODE, PYTHON, ROOT, UV } from './lib/paths.mjs'
import { run, StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { nodePackages, pythonEnvironment, setup, uvTool } from './setup.mjs'

const OWN = new Set(['.git', '.tools', '.venv', '.scrydon', 'dist', 'node_modules', 'test-results', '__pycache__'])
const FRAME_SPECS = ['frame.spec', 'outputs.spec']

/** A clone whose .venv holds the candidate and whose triage names it: everything in it runs unchanged. */
async function aside(version) {
  mkdirSync(at('.tools'), { recursive: true })
  const folder = mkdtempSync(at('.tools/candidate-')) // not in /tmp: kernels have one of their own
  const ours = (path) =>
    !relative(ROOT, path)
      .split('/')
      .some((part) => OWN.has(part))
  for (const part of (await run('ls', ['-A', ROOT])).split('\n').filter((name) => name !== '' && !OWN.has(name)))
    cpSync(at(part), join(folder, part), { recursive: true, filter: ours })
  symlinkSync(at('node_modules'), join(folder, 'node_modules'))
  mkdirSync(join(folder, '.tools'))
  symlinkSync(at('.tools/bin'), join(folder, '.tools/bin'))
  rename(join(folder, 'protocol/marimo.ts'), /^export const MARIMO = '.*'$/m, `export const MARIMO = '${version}'`)
  const python = await environment(folder, version)
  return { folder, python }
}

async function environment(folder, version) {
  const python = join(folder, '.venv/bin/python')
  await run(UV, ['venv', '-q', '--python', PYTHON, join(folder, '.venv')])
  const pinned = readFileSync(LOCK, 'utf8').match(/^[a-z0-9._-]+==[^\\\n]+/gim)
  const constraints = join(folder, '.tools/constraints.txt')
  writeFileSync(constraints, pinned.filter((line) => !line.startsWith('marimo==')).join('\n'))
  const wanted = join(folder, 'python/requirements.in')
  rename(wanted, /^marimo==.*$/m, `marimo==${version}`)
  await run(UV, ['pip', 'install', '-q', '--python', python, '-c', constraints, '-r', wanted])
  const installed = "import { LOCK, stamp } from './scripts/lib/paths.mjs'; stamp('python', [LOCK])"
  await run(NODE, ['--input-type=module', '-e', installed], { cwd: folder })
  return python
}

function rename(path, before, after) {
  const text = readFileSync(path, 'utf8')
  if (!before.test(text)) throw new StepError(`${path} does not name the version of marimo where it was expected.`)
  writeFileSync(path, text.replace(before, after))
}

async function main() {
  const version = process.argv[2]
  if (!/^\d+\.\d+\.\d+\w*$/.test(version ?? '')) throw new StepError('Name the version to try: npm run check:marimo -- 0.25.3')
  await setup([nodePackages, uvTool, pythonEnvironment])
  const { folder, python } = await aside(version)
  const trial = (command, ...args) => stream(command, args, { cwd: folder })
  try {
    const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
    const playwright = join(folder, 'node_modules/@playwright/test/cli.js')
    const unittest = [join(folder, 'scripts/lib/unittest_json.py'), join(folder, 'python'), join(folder, '.tools/result.json')]
    const found = [
      ['routes, functions and settings', await trial(NODE, vitest, 'run', 'server/kernels/triage.test.ts', '--reporter=default')],
      ['patched symbols and forced configuration', await trial(python, ...unittest)],
      ['the static page of the frame and the shell around it', await trial(NODE, join(folder, 'scripts/setup.mjs'))],
      ['notebooks in sealed frames, in a browser', await trial(NODE, playwright, 'test', ...FRAME_SPECS)],
    ]
    console.log(`\nmarimo ${version}`)
    for (const [what, code] of found) console.log(`${code === 0 ? '✓' : '✗'} ${what}`)
    console.log('What passes here still has to pass npm test with the version in python/requirements.in and protocol/marimo.ts.')
    process.exitCode = found.every(([, code]) => code === 0) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await main().catch(fail)
