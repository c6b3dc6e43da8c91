// `npm run soak [rounds]`: the killings of e2e/survival.spec.ts, each repeated (50 times unless told otherwise), then misbehaviour.
import { at, NODE } from './lib/paths.mjs'
import { StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { setup } from './setup.mjs'

async function main() {
  const rounds = Number(process.argv[2] ?? 50)
  if (!Number.isInteger(rounds) || rounds < 1) throw new StepError(`"${process.argv[2]}" is not a number of rounds.`)
  await setup()
  const env = { ...process.env, SOAK: String(rounds) }
  process.exitCode = await stream(NODE, [at('node_modules/@playwright/test/cli.js'), 'test', 'survival', 'limits'], { env })
}

await main().catch(fail)
