// What the test runners' own reports say: { passed, failed, wrong, skipped, unrun }; wrong and unrun name tests, and why.
import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const WHY = 300 // characters of why a test failed
const named = (name, why = '') => `${name}: ${stripVTControlCharacters(why).replace(/\s+/g, ' ').slice(0, WHY)}`

/** vitest's JSON. A file that could not even be loaded is a failure beside its tests. */
export function unitCounts(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  const unrun = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => !['passed', 'failed'].includes(status))
      .map(({ fullName, status }) => `${fullName} (${status})`),
  )
  const failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    wrong: [
      ...failed.map(({ fullName, failureMessages }) => named(fullName, failureMessages[0])),
      ...unloaded.map(({ name, message }) => named(name, message)),
    ],
    skipped: report.numPendingTests + report.numTodoTests,
    unrun,
  }
}

/** Playwright's JSON. What passes only when tried again has failed. */
export function e2eCounts({ stats, suites, errors = [] }) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)]
  const tests = suites.flatMap(specs).flatMap(({ title, tests }) => tests.map((test) => ({ title, ...test })))
  const reason = ({ annotations }) => annotations.find(({ type }) => type === 'skip')?.description ?? 'did not run'
  const error = ({ results }) => {
    const { message, location } = results.find(({ error }) => error)?.error ?? {}
    return location === undefined ? message : `${basename(location.file)}:${location.line}: ${message}`
  }
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    wrong: [
      ...tests.filter(({ status }) => ['unexpected', 'flaky'].includes(status)).map((test) => named(test.title, error(test))),
      ...errors.map(({ message }) => named('outside every test', message)),
    ],
    skipped: stats.skipped,
    unrun: tests.filter(({ status }) => status === 'skipped').map((test) => `${test.title} (${reason(test)})`),
  }
}
