// JSON lines on stderr. A line names kernels by id and causes by code; never source, output, a path of a person's file
// or an error's message, which may quote any of them.
import { destination, type Logger, pino, stdTimeFunctions } from 'pino'

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>

export function createLog(level: string): Log {
  const options = { level, base: { process: 'runner' }, timestamp: stdTimeFunctions.isoTime, serializers: { err: describe } }
  return pino(options, destination({ dest: 2, sync: true }))
}

export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
  return { type: error.name, code: (error as NodeJS.ErrnoException).code, at: frames.slice(0, 8).map((line) => line.trim()) }
}
