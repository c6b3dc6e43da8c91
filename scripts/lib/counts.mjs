// What the test runners' own reports say: { passed, failed, skipped, unrun }, unrun naming each skipped test and why.

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
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    unrun,
  }
}

/** Playwright's JSON. What passes only when tried again has failed. */
export function e2eCounts({ stats, suites }) {
  const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)]
  const unrun = suites
    .flatMap(specs)
    .flatMap(({ title, tests }) =>
      tests
        .filter(({ status }) => status === 'skipped')
        .map(({ annotations }) => `${title} (${annotations.find(({ type }) => type === 'skip')?.description ?? 'did not run'})`),
    )
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped, unrun }
}
