// `npm run packages`: makes what python/requirements.extra.txt asks for importable in every notebook, those included that
// are opened while Scrydon runs. The extra lock is resolved under the main lock, so nothing that ships changes its version.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { at, CHANGED, EXTRA_LOCK, exists, LOCK, PYTHON, UV } from './lib/paths.mjs'
import { run, StepError } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { learnedSet, nodePackages, pythonEnvironment, setup, uvTool } from './setup.mjs'

const EXTRA = at('python/requirements.extra.txt')
const COMPILE = [
  'pip',
  'compile',
  '--generate-hashes',
  '--universal',
  '--no-header',
  '--no-annotate',
  '-q',
  '--python-version',
  '3.11',
]
const ENTRIES = /^(?=[a-z0-9._-]+(?:==| @ ))/im // where each entry of a lock begins

/** uv resolves both lists together under the main lock; what the main lock already holds is left out of the extra one. */
export function withoutLocked(resolved, locked) {
  const nameOf = (entry) => /^[a-z0-9._-]+/i.exec(entry)?.[0].toLowerCase()
  const known = new Set(locked.split(ENTRIES).map(nameOf))
  return resolved
    .split(ENTRIES)
    .filter((entry) => !known.has(nameOf(entry)))
    .join('')
}

/** Writes `out`, the lock of what `extra` names beyond `lock`; removes it when that is nothing. */
export async function lockExtra({ extra, lock, out, python }) {
  if (!exists(UV)) throw new StepError('Adding packages needs uv, which could not be installed here (see the step for .tools).')
  if (!/^[^#\s]/m.test(readFileSync(extra, 'utf8'))) return rmSync(out, { force: true })
  const resolved = await run(UV, [...COMPILE, '--python', python, '-c', lock, extra])
  writeFileSync(out, withoutLocked(resolved, readFileSync(lock, 'utf8')))
}

async function main() {
  if (!exists(EXTRA)) throw new StepError(`Name the packages, one a line, in ${EXTRA}, then run this again.`)
  await setup([nodePackages, uvTool])
  await lockExtra({ extra: EXTRA, lock: LOCK, out: EXTRA_LOCK, python: PYTHON })
  await setup([pythonEnvironment, learnedSet])
  writeFileSync(CHANGED, '')
  console.log(
    'The packages are installed. Kernels that start from now on can import them; restart a running one to use them there.',
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main().catch(fail)
