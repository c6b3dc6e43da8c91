// Running other programs: captured for set-up steps, streamed for tests, never through a shell.
import { spawn, spawnSync } from 'node:child_process'
import { ROOT } from './paths.mjs'

const TAIL = 60 // lines of a failed command that are shown

export const CONFIGURATION = 78 // sysexits' EX_CONFIG: starting again would not help

export class StepError extends Error {
  exitCode = 1
}

export class Misconfigured extends StepError {
  exitCode = CONFIGURATION
}

/** Runs to the end with the output kept; a failure shows the last lines of it. */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-64 * 1024)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', (error) => fail(new StepError(`${command} could not be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) return done(output)
      const tail = output.trimEnd().split('\n').slice(-TAIL).join('\n')
      fail(new StepError(`${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}:\n${tail}`))
    })
  })
}

/** Runs with the output passed on as it comes; answers the exit code. */
export function stream(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options })
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`)
      done(127)
    })
    child.on('close', (code) => done(code ?? 1))
  })
}

/** A short question to a program: its trimmed output, or null when it fails. */
export function ask(command, args) {
  const answer = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] })
  return answer.status === 0 ? answer.stdout.trim() : null
}
