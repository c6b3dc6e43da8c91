// A real PostgreSQL in a process of its own, on a private socket: python/tests/postgres_server.py.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import * as z from 'zod/mini'

const ROOT = join(import.meta.dirname, '../../..')
const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')
const PSQL = process.env.POSTGRES_BIN ? join(process.env.POSTGRES_BIN, 'psql') : 'psql'
const Said = z.object({ plane: z.string(), owner: z.string() })

export class PostgresProcess {
  readonly env: { readonly SCRYDON_TABLES: string; readonly SCRYDON_TABLES_OWNER: string }
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, said: z.infer<typeof Said>) {
    this.#child = child
    this.env = { SCRYDON_TABLES: said.plane, SCRYDON_TABLES_OWNER: said.owner }
  }

  static async start(): Promise<PostgresProcess> {
    const script = join(ROOT, 'python/tests/postgres_server.py')
    const child = spawn(PYTHON, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('PostgreSQL did not start')))
    const [line] = await Promise.race([once(child.stdout, 'data'), ended])
    ended.catch(() => {}) // it ends when it is told to
    return new PostgresProcess(child, Said.parse(JSON.parse(String(line))))
  }

  /** Said by the role that the tables belong to. */
  own(sql: string): void {
    execFileSync(PSQL, ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', sql, this.env.SCRYDON_TABLES_OWNER])
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await ended
  }
}
