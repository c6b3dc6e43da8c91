// A real engine for the tests of the compiler: one of the data plane's own, in a process of its own.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { DialectName, Parameter, Statement, Step } from '../../seams/dataPlane.ts'
import type { Value } from '../evaluate.ts'

const ROOT = join(import.meta.dirname, '../../..')
const PYTHON = process.env.SCRYDON_PYTHON ?? join(ROOT, '.venv/bin/python')

type Shown = string | boolean | null | { integer: string } | { real: string }
type Request = { create: readonly Statement[] } | { sql: string; parameters: readonly Parameter[] } | { write: readonly Step[] }
type Answer = { rows: Shown[][] } | { error: string }

export class Engine {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(name: DialectName) {
    this.#child = spawn(PYTHON, [join(import.meta.dirname, 'engine.py'), name], {
      env: { ...process.env, PYTHONPATH: join(ROOT, 'python') },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async create(statements: readonly Statement[]): Promise<void> {
    await this.#ask({ create: statements })
  }

  async run({ sql, parameters }: Statement): Promise<Value[][]> {
    return (await this.#ask({ sql, parameters })).map((row) => row.map(read))
  }

  /** Brings the rows of the table `came`: how many, or why not. */
  async write(steps: readonly Step[]): Promise<Value> {
    const [[said] = []] = await this.#ask({ write: steps })
    return read(said ?? null)
  }

  async end(): Promise<void> {
    const ended = new Promise((done) => this.#child.once('exit', done))
    this.#child.stdin.end()
    await ended
  }

  async #ask(request: Request): Promise<Shown[][]> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await this.#lines.next()
    if (line.done) throw new Error('the engine ended')
    const answer = JSON.parse(line.value) as Answer
    if ('error' in answer) throw new Error(answer.error)
    return answer.rows
  }
}

function read(value: Shown): Value {
  if (value === null || typeof value !== 'object') return value
  return 'integer' in value ? BigInt(value.integer) : realOf(value.real)
}

/** Python's float.hex, which keeps every bit: `-0x1.8p+3`. */
function realOf(text: string): number {
  if (text === 'nan') return Number.NaN
  if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity
  const [, sign, whole = '0', rest = '', exponent = '0'] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text) ?? []
  const mantissa = Number(BigInt(`0x${whole}${rest}`))
  return (sign ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * rest.length)
}
