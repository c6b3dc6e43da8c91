// `npm run bench [start|memory|frames|readers|mux|kb|reads|predict|imports …]`: the figures, each side interleaved in one run. Without names: all, one after
// the other.
import { at, exists, NODE } from './lib/paths.mjs'
import { StepError, stream } from './lib/run.mjs'
import { fail } from './lib/steps.mjs'
import { setup } from './setup.mjs'

const ALL = ['mux', 'start', 'memory', 'frames', 'readers', 'kb', 'reads', 'predict', 'imports']

async function main() {
  const asked = process.argv.slice(2)
  const unknown = asked.find((name) => !exists(at(`bench/${name}.ts`)))
  if (unknown !== undefined) throw new StepError(`There is no measurement "${unknown}"; there are ${ALL.join(', ')}.`)
  await setup()
  for (const name of asked.length > 0 ? asked : ALL) {
    console.log(`\n── ${name}`)
    if ((await stream(NODE, [at(`bench/${name}.ts`)])) !== 0) process.exitCode = 1
  }
}

await main().catch(fail)
