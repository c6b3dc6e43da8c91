// End-to-end tests: real gateway, real runner, real kernels, the system's Chromium. One worker: two cores are all there is.
import { execFileSync } from 'node:child_process'
import { defineConfig } from '@playwright/test'

function chromium(): string {
  if (process.env.CHROMIUM) return process.env.CHROMIUM
  return execFileSync('sh', ['-c', 'command -v chromium || command -v chromium-browser || command -v google-chrome'], {
    encoding: 'utf8',
  }).trim()
}

// Without these Chromium looks for Google's hosts at every start (the tests need no network), and draws with a GPU made of software.
const QUIET = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-gpu',
]

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results/e2e',
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    browserName: 'chromium',
    viewport: { width: 1360, height: 850 },
    actionTimeout: 30_000,
    trace: process.env.TRACE ? 'retain-on-failure' : 'off', // recording takes a third of the time; TRACE=1 npm test -- e2e
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium(), args: process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET },
  },
})
