// `npm run check:marimo -- VERSION`: a candidate marimo, installed aside, against what we rely on: the routes and functions that
// are triaged, the settings that are forced, the symbols that are patched, the page that the frame is built from.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at, LOCK, NODE, PYTHON, UV } from './lib/paths.mjs'
import { run, StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { nodePackages, pythonEnvironment, setup, uvTool } from './setup.mjs'

const PARTS = ['protocol', 'server', 'python', 'scripts', 'web', 'package.json', 'tsconfig.json', 'vitest.config.ts']

/** A copy of what the tests read, whose .venv holds the candidate: the tests run unchanged. */
async function aside(version) {
  const folder = mkdtempSync(join(tmpdir(), 'candidate-'))
  for (const part of PARTS)
    cpSync(at(part), join(folder, part), { recursive: true, filter: (path) => !path.includes('__pycache__') })
  await run('ln', ['-s', at('node_modules'), join(folder, 'node_modules')])
  const python = join(folder, '.venv/bin/python')
  await run(UV, ['venv', '-q', '--python', PYTHON, join(folder, '.venv')])
  const rest = readFileSync(LOCK, 'utf8')
    .match(/^[a-z0-9._-]+==[^\\\n]+/gim)
    .filter((line) => !line.startsWith('marimo=='))
  writeFileSync(join(folder, 'constraints.txt'), rest.join('\n'))
  const wanted = readFileSync(at('python/requirements.in'), 'utf8').replace(/^marimo==.*$/m, `marimo==${version}`)
  writeFileSync(join(folder, 'candidate.in'), wanted)
  await run(UV, [
    'pip',
    'install',
    '-q',
    '--python',
    python,
    '-c',
    join(folder, 'constraints.txt'),
    '-r',
    join(folder, 'candidate.in'),
  ])
  return { folder, python }
}

async function main() {
  const version = process.argv[2]
  if (!/^\d+\.\d+\.\d+\w*$/.test(version ?? '')) throw new StepError('Name the version to try: npm run check:marimo -- 0.25.3')
  await setup([nodePackages, uvTool, pythonEnvironment])
  const { folder, python } = await aside(version)
  try {
    const routes = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', 'server/kernels/triage.test.ts', '--reporter=default']
    const found = [
      ['routes, functions and settings', await stream(NODE, routes, { cwd: folder })],
      [
        'patched symbols and forced configuration',
        await stream(
          python,
          [join(folder, 'scripts/lib/unittest_json.py'), join(folder, 'python'), join(folder, 'result.json')],
          { cwd: folder },
        ),
      ],
      ['the static page of the frame', await stream(NODE, [join(folder, 'scripts/frame.mjs')], { cwd: folder })],
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
