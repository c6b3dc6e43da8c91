// `npm run soak [-- --times N]`: every killing, repeated; then what went well, killing by killing.
import { readFileSync, rmSync } from 'node:fs'
import { at, exists, NODE } from './lib/paths.mjs'
import { StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { setup } from './setup.mjs'

const HELP = `npm run soak                 50 rounds: about an hour on two cores
npm run soak -- --times 5    as many as said; a round took 80 s on two busy cores

  A round kills, once each: the gateway, the runner and the zygote while a start, a run, saves or an opening is under way (in
  turn), and each of them under a page in a browser; a marimo server; a kernel; a gateway's saves as fast as they go. After
  each, nothing acknowledged is lost and nothing is orphaned. Misbehaviour and isolation are tested once, at the end; and a right is
  taken away from a reader whose cell streams rows, four times a round in each of three ways: how long it took is said below.
  A round that fails does not end the others; the exit code is 1 when one has.`
const ROUND = ' · round '
const RESULTS = { saves: 'test-results/soak-saves.json', lives: 'test-results/e2e.json' }

function timesFrom(words) {
  const given = words.filter((word) => word !== '--times')[0] ?? '50'
  const times = Number(given)
  if (!Number.isInteger(times) || times < 1) throw new StepError(`"${given}" is not a number of times.\n\n${HELP}`)
  return times
}

/** Every test with how it went, from the reports of vitest and Playwright. */
function ran() {
  const report = (path) => (exists(at(path)) ? JSON.parse(readFileSync(at(path), 'utf8')) : null)
  const saves = (report(RESULTS.saves)?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults)
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)]
  const lives = (report(RESULTS.lives)?.suites ?? []).flatMap(specs)
  return [
    ...saves.map(({ title, status }) => ({ title, passed: status === 'passed', figures: [] })),
    ...lives.map(({ title, tests }) => ({
      title,
      passed: tests.every(({ results }) => results.at(-1)?.status === 'passed'),
      figures: tests.flatMap(({ annotations }) => annotations.map(({ type, description }) => `${type}: ${description}`)),
    })),
  ]
}

/** title -> how many of its rounds passed, and what they measured. */
function tally(tests) {
  const sums = new Map()
  for (const { title, passed, figures } of tests) {
    const name = title.split(ROUND)[0]
    const sum = sums.get(name) ?? { passed: 0, rounds: 0, figures: [] }
    sums.set(name, { passed: sum.passed + (passed ? 1 : 0), rounds: sum.rounds + 1, figures: [...sum.figures, ...figures] })
  }
  return sums
}

async function main() {
  const words = process.argv.slice(2)
  if (words.includes('--help')) return console.log(HELP)
  const times = timesFrom(words)
  await setup()
  for (const path of Object.values(RESULTS)) rmSync(at(path), { force: true })
  const started = Date.now()
  const options = { env: { ...process.env, SOAK: String(times) } }
  const json = ['--reporter=default', '--reporter=json', `--outputFile=${RESULTS.saves}`]
  const vitest = [at('node_modules/vitest/vitest.mjs'), 'run', 'server/crash.test.ts', ...json]
  const saves = await stream(NODE, vitest, options)
  const specs = ['killings', 'survival', 'limits', 'isolation', 'revocation']
  const lives = await stream(NODE, [at('node_modules/@playwright/test/cli.js'), 'test', ...specs], options)
  console.log('')
  const sums = tally(ran())
  for (const [title, { passed, rounds, figures }] of sums) {
    console.log(`${passed === rounds ? '✓' : '✗'} ${passed} of ${rounds}  ${title}`)
    for (const figure of figures) console.log(`    ${figure}`)
  }
  console.log(`\n${times} rounds in ${Math.round((Date.now() - started) / 1000)} s`)
  process.exitCode = saves || lives || (sums.size === 0 ? 1 : 0)
}

await main().catch(fail)
