import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{protocol,server,kernel-runner,web,scripts}/**/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results/unit.json' }]],
  },
})
