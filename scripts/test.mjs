// `npm test [check|unit|python|build|e2e …]`: everything, or the parts named. Goes on to the end whatever fails; the last
// line is the sum of what the runners themselves counted.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { e2eCounts, unitCounts } from './lib/counts.mjs'
import { aptInstall, findPython, has, isRoot, mayInstall } from './lib/host.mjs'
import { at, exists, NODE, outdated, PYTHON, stamp, UV } from './lib/paths.mjs'
import { run, StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { makeVenv, STEPS, setup } from './setup.mjs'
import { sizes } from './size.mjs'

const RESULTS = at('test-results')
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome']
const nothingSkipped = { skipped: 0, unrun: [] }
const none = { passed: 0, failed: 0, wrong: [], ...nothingSkipped }

const chromium = {
  name: 'Chromium, for the end-to-end tests',
  needed: () => (process.env.CHROMIUM || CHROMIUM.some(has) ? null : 'not there yet'),
  async run(say) {
    if (!mayInstall())
      throw new StepError(
        `The end-to-end tests need Chromium: ${isRoot() ? '' : 'sudo '}apt-get install chromium, or CHROMIUM=/path/to/chromium`,
      )
    await aptInstall(['chromium'], say)
  },
}

const CLUSTERS = '/etc/postgresql-common/createcluster.conf'
const hasPostgres = () =>
  exists('/usr/lib/postgresql') &&
  readdirSync('/usr/lib/postgresql').some((version) => exists(`/usr/lib/postgresql/${version}/bin/postgres`))

/** Its programs only: tests start a server of their own, the package's is neither made nor started. */
const postgres = {
  name: 'PostgreSQL, for the tests of table engines',
  needed: () => (process.env.POSTGRES_BIN || hasPostgres() ? null : 'not there yet'),
  async run(say) {
    if (!mayInstall())
      throw new StepError(
        `The tests of table engines need PostgreSQL: ${isRoot() ? '' : 'sudo '}apt-get install postgresql, or POSTGRES_BIN=/path/to/its/bin`,
      )
    await aptInstall(['postgresql-common'], say)
    appendFileSync(CLUSTERS, '\ncreate_main_cluster = false\n')
    await aptInstall(['postgresql'], say)
  },
}

const MLSERVER_LOCK = at('python/mlserver.lock')
const MLSERVER = at('.mlserver/bin/python')

/** In an environment of its own: what it needs is not what notebooks have. Without it its test is skipped, and the next run tries again. */
const mlserver = {
  name: 'MLServer, for a test of deployed models (.mlserver)',
  needed: () => outdated('mlserver', [MLSERVER_LOCK], [MLSERVER]),
  makesVenv: () => true,
  async run(say) {
    try {
      rmSync(at('.mlserver'), { recursive: true, force: true })
      await makeVenv(findPython(), at('.mlserver'), say)
      if (exists(UV)) await run(UV, ['pip', 'sync', '-q', '--require-hashes', '--python', MLSERVER, MLSERVER_LOCK])
      else await run(MLSERVER, ['-m', 'pip', 'install', '-q', '--require-hashes', '-r', MLSERVER_LOCK])
      await run(MLSERVER, ['-c', 'import mlserver_sklearn']) // it does not run on every Python that we do
      stamp('mlserver', [MLSERVER_LOCK])
    } catch (error) {
      rmSync(at('.mlserver'), { recursive: true, force: true }) // half of one would be taken for it
      say(`not to be had here, so its test is skipped: ${error.message.split('\n').at(-1)}`)
    }
  },
}

/** Runs a runner that leaves a JSON file, and reads its counts; a runner that leaves none, or ran nothing, has failed. */
async function counted(command, args, file, read, options) {
  rmSync(file, { force: true })
  const code = await stream(command, args, options)
  const counts = exists(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : none
  const silent = counts.failed === 0 && (code !== 0 || counts.passed === 0)
  return silent
    ? { ...counts, failed: 1, wrong: [`${command} ${args.join(' ')} ended with code ${code} and counted no failure`] }
    : counts
}

const check = () =>
  counted(process.execPath, [at('scripts/check.mjs')], at('test-results/check.json'), (counts) => ({
    ...counts,
    ...nothingSkipped,
  }))

const unit = () => counted(NODE, [at('node_modules/vitest/vitest.mjs'), 'run'], at('test-results/unit.json'), unitCounts)

const python = () =>
  counted(
    PYTHON,
    [at('scripts/lib/unittest_json.py'), at('python'), at('test-results/python.json')],
    at('test-results/python.json'),
    (counts) => counts,
  )

async function build() {
  const found = sizes()
  for (const { line } of found) console.log(line)
  const wrong = found.filter(({ fits }) => !fits).map(({ line }) => line)
  return { passed: found.length - wrong.length, failed: wrong.length, wrong, ...nothingSkipped }
}

const e2e = () => counted(NODE, [at('node_modules/@playwright/test/cli.js'), 'test'], at('test-results/e2e.json'), e2eCounts)

const NEED_POSTGRES = ['unit', 'python', 'e2e']
const PARTS = { check, unit, python, build, e2e }

async function main() {
  const asked = process.argv.slice(2)
  const unknown = asked.find((name) => !(name in PARTS))
  if (unknown !== undefined) throw new StepError(`There is no part "${unknown}"; there are ${Object.keys(PARTS).join(', ')}.`)
  const parts = Object.keys(PARTS).filter((name) => asked.length === 0 || asked.includes(name))

  const more = [
    ...(parts.some((name) => NEED_POSTGRES.includes(name)) ? [postgres] : []),
    ...(parts.includes('unit') ? [mlserver] : []),
    ...(parts.includes('e2e') ? [chromium] : []),
  ]
  await setup([...STEPS, ...more])
  mkdirSync(RESULTS, { recursive: true })
  const sum = { passed: 0, failed: 0, skipped: 0 }
  const wrong = []
  for (const name of parts) {
    console.log(`\n── ${name}`)
    const started = Date.now()
    const counts = await PARTS[name]()
    for (const key of Object.keys(sum)) sum[key] += counts[key]
    wrong.push(...counts.wrong.map((what) => `${name}: ${what}`))
    for (const test of counts.unrun) console.log(`── skipped: ${test}`)
    console.log(`── ${name}: ${say(counts)} (${((Date.now() - started) / 1000).toFixed(0)} s)`)
  }
  process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0
  for (const what of wrong) console.log(`\n── failed, ${what}`)
  console.log(`\n${say(sum)}`)
}

const say = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

await main().catch(fail)
