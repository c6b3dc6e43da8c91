import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{protocol,server,kernel-runner,web,scripts}/**/*.test.ts'],
    testTimeout: 60_000, // on two busy cores
    hookTimeout: 60_000, // kernels and databases start and end in them
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', ['json', { outputFile: 'test-results/unit.json' }]],
  },
})
