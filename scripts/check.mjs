// `npm run check`: format, lint, types, import rules, sizes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { CHECKS } from './lib/checks.mjs'
import { at } from './lib/paths.mjs'
import { fail } from './lib/steps.mjs'
import { nodePackages, setup } from './setup.mjs'

async function main() {
  await setup([nodePackages])
  let failed = 0
  for (const { name, check } of CHECKS) {
    const started = Date.now()
    const wrong = await check()
    console.log(
      `${wrong === null ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${wrong === null ? '' : `\n${wrong}`}`,
    )
    if (wrong !== null) failed += 1
  }
  mkdirSync(at('test-results'), { recursive: true })
  writeFileSync(at('test-results/check.json'), JSON.stringify({ passed: CHECKS.length - failed, failed }))
  process.exitCode = failed > 0 ? 1 : 0
}

await main().catch(fail)
