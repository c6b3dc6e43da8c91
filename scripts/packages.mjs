// `npm run packages`: makes what python/requirements.extra.txt asks for importable in every notebook.
// The extra lock is resolved under the main lock, so nothing that ships with Scrydon changes its version.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { at, EXTRA_LOCK, exists, LOCK, PYTHON, UV } from './lib/paths.mjs'
import { run, StepError } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { learnedSet, nodePackages, pythonEnvironment, setup, uvTool } from './setup.mjs'

const EXTRA = at('python/requirements.extra.txt')

/** uv resolves both lists together under the main lock; what the main lock already holds is left out of the extra one. */
export function withoutLocked(resolved, locked) {
  const names = (text) => new Set([...text.matchAll(/^([a-z0-9._-]+)==/gim)].map(([, name]) => name.toLowerCase()))
  const known = names(locked)
  return resolved
    .split(/^(?=[a-z0-9._-]+==)/im)
    .filter((entry) => !known.has(/^([a-z0-9._-]+)==/i.exec(entry)?.[1]?.toLowerCase()))
    .join('')
}

async function lockExtra() {
  if (!exists(UV)) throw new StepError('Adding packages needs uv, which could not be installed here (see the step for .tools).')
  const wanted = readFileSync(EXTRA, 'utf8')
  if (!/^[^#\s]/m.test(wanted)) return rmSync(EXTRA_LOCK, { force: true })
  const args = [
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
  const resolved = await run(UV, [...args, '--python', PYTHON, '-c', LOCK, EXTRA])
  writeFileSync(EXTRA_LOCK, withoutLocked(resolved, readFileSync(LOCK, 'utf8')))
}

async function main() {
  if (!exists(EXTRA)) throw new StepError(`Name the packages, one a line, in ${EXTRA}, then run this again.`)
  await setup([nodePackages, uvTool])
  await lockExtra()
  await setup([pythonEnvironment, learnedSet])
  console.log(
    'The packages are installed. Kernels started after the next start of Scrydon can import them: stop it and run npm start.',
  )
}

await main().catch(fail)
