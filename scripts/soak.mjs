// `npm run soak [-- --times N]`: every killing, of a gateway during saves and of each process under real kernels, repeated
// (50 times unless told otherwise), then misbehaviour, then that nothing is left on the machine.
import { at, NODE } from './lib/paths.mjs'
import { StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { setup } from './setup.mjs'

async function main() {
  const given = process.argv.slice(2).filter((word) => word !== '--times')[0] ?? '50'
  const rounds = Number(given)
  if (!Number.isInteger(rounds) || rounds < 1) throw new StepError(`"${given}" is not a number of times.`)
  await setup()
  const env = { ...process.env, SOAK: String(rounds) }
  const saves = await stream(NODE, [at('node_modules/vitest/vitest.mjs'), 'run', 'server/crash.test.ts'], { env })
  const lives = await stream(NODE, [at('node_modules/@playwright/test/cli.js'), 'test', 'survival', 'limits', 'isolation'], {
    env,
  })
  process.exitCode = saves || lives
}

await main().catch(fail)
