// Set-up is a list of named steps. Each says whether it is needed (and why), what it does, and how long it took; a second
// run finds nothing needed. A step: { name, needed(): string | null, run(say): Promise<void> }.
import { StepError } from './run.mjs'

const SIGN_OF_LIFE = 15_000

export async function perform(steps) {
  let done = 0
  for (const step of steps) {
    const reason = step.needed()
    if (reason === null) continue
    done += 1
    await one(step, reason)
  }
  return done
}

async function one(step, reason) {
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1)
  console.log(`→ ${step.name} (${reason})`)
  const alive = setInterval(() => console.log(`  … ${step.name}: ${seconds()} s so far`), SIGN_OF_LIFE)
  try {
    await step.run((line) => console.log(`  ${line}`))
    console.log(`✓ ${step.name}: ${seconds()} s`)
  } finally {
    clearInterval(alive)
  }
}

/** Ends the program with the sentence of a StepError, without a stack; anything else is a fault of ours and keeps it. */
export function fail(error) {
  console.error(error instanceof StepError ? `\n✗ ${error.message}` : error)
  process.exit(error instanceof StepError ? error.exitCode : 1)
}
