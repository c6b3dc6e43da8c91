// The one place that writes a log. Lines hold codes, ids, counts and times; a key that could carry a secret or a value of
// somebody's data is censored wherever it turns up.
import { type Logger, pino, stdTimeFunctions } from 'pino'

const SECRET = ['authorization', 'cookie', 'set-cookie', 'bearer', 'token', 'resume', 'source', 'body', 'password', 'search']

export type Log = Logger

export const makeLog = (level: string, destination?: { write(line: string): void }): Log =>
  pino(
    {
      level,
      base: { process: 'gateway' },
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: SECRET.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]), censor: '[redacted]' },
      serializers: { err: describeError, error: describeError },
    },
    ...(destination ? [destination] : []),
  )

/** An error that nobody caught ends the process, and only what failed and where is written: messages quote values. */
export function lastWords(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught')
    process.exit(1)
  })
}

/** What failed and where, without the message: messages quote values. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const frames = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
  return { type: error.name, code: (error as NodeJS.ErrnoException).code, at: frames.slice(0, 8).map((line) => line.trim()) }
}
