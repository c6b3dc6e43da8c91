// `npm run check`: format, lint, types, import rules, sizes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { CHECKS } from './lib/checks.mjs'
import { at } from './lib/paths.mjs'
import { fail } from './lib/steps.mjs'
import { nodePackages, setup } from './setup.mjs'

async function main() {
  await setup([nodePackages])
  const wrong = []
  for (const { name, check } of CHECKS) {
    const started = Date.now()
    const found = await check()
    console.log(
      `${found === null ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)${found === null ? '' : `\n${found}`}`,
    )
    if (found !== null) wrong.push(name)
  }
  mkdirSync(at('test-results'), { recursive: true })
  writeFileSync(
    at('test-results/check.json'),
    JSON.stringify({ passed: CHECKS.length - wrong.length, failed: wrong.length, wrong }),
  )
  process.exitCode = wrong.length > 0 ? 1 : 0
}

await main().catch(fail)
