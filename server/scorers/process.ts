// One process that a model file is opened in (python/scorer/onnx.py): sealed before it sees a byte of it, bounded in time, memory and in what
// it may say. It scores one batch after the other for whoever it was started for, and is then thrown away.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import * as z from 'zod/mini'
import { type Column, Made } from '#protocol/library/inference.ts'
import { INFERENCE } from '#protocol/limits.ts'
import { ModelFile } from '#protocol/policy/deployed.ts'
import type { Clock } from '#protocol/wire.ts'
import type { Described, Predicted } from '../seams/inference.ts'
import { parsed } from './described.ts'

const SCRIPT = join(import.meta.dirname, '../../python/scorer/onnx.py')
const WORD = z.union([
  z.strictObject({ takes: ModelFile.shape.takes, makes: ModelFile.shape.makes }),
  z.strictObject({ columns: z.array(Made).check(z.minLength(1), z.maxLength(INFERENCE.outputs)) }),
  z.strictObject({ failed: z.enum(['rejected', 'failed', 'garbled', 'too-long', 'unusable']) }),
  z.strictObject({ ready: z.literal(true) }),
])
type Word = z.infer<typeof WORD>
type Failed = Extract<Predicted, { ok: false }>
/** `within`: ms for a batch. */
export type Place = { readonly python: string; readonly clock: Clock; readonly within?: number }

const NEWLINE = 0x0a

const failed = (why: Failed['why']): Failed => ({ ok: false, why })

export class Scorer {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #place: Place
  readonly #loaded: Promise<Failed | null> // null: it is ready
  #last: Promise<unknown>
  #pending = 0
  #rest: Buffer[] = []
  #size = 0
  #hear: (word: Word | Failed['why']) => void = () => {}
  #ended = false

  /** `file`: a model, hostile as it may be. */
  constructor(place: Place, file: Uint8Array) {
    this.#place = place
    const { memory, processor, answer } = INFERENCE
    const bounds = [memory, processor / 1000, answer].map(String)
    this.#child = spawn(place.python, ['-I', SCRIPT, ...bounds], { cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    this.#child.stdin.on('error', () => {}) // it may end before it has read all
    this.#child.stdout.on('data', (part: Buffer) => this.#read(part))
    this.#child.once('error', () => this.#end('failed'))
    this.#child.once('close', () => this.#end('failed'))
    this.#loaded = this.#say([Buffer.from(`${file.byteLength}\n`), file], INFERENCE.loading).then((word) =>
      typeof word === 'object' && 'ready' in word ? null : this.#odd(word),
    )
    this.#last = this.#loaded
  }

  /** It has ended, or was: nothing more comes of it. */
  get ended(): boolean {
    return this.#ended
  }

  get busy(): boolean {
    return this.#pending > 0
  }

  /** After those that were asked before, if they are not too many. */
  async score(columns: readonly Column[]): Promise<Predicted> {
    if (this.#pending >= INFERENCE.waiting) return failed('busy')
    this.#pending += 1
    const rows = columns[0]?.values.length ?? 0
    const line = Buffer.from(`${JSON.stringify({ columns })}\n`)
    const said = this.#last.then(async () => (await this.#loaded) ?? this.#answer(line, rows))
    this.#last = said
    return said.finally(() => {
      this.#pending -= 1
    })
  }

  /** What it says that it takes and makes: of one that scores nothing. */
  async describe(): Promise<Described> {
    const unready = await this.#loaded
    if (unready) return unready
    const word = await this.#say([Buffer.from('{"describe": true}\n')], this.#within)
    return typeof word === 'object' && 'takes' in word ? { ok: true, ...word } : this.#odd(word)
  }

  end(): void {
    this.#end('failed')
  }

  get #within(): number {
    return this.#place.within ?? INFERENCE.seconds
  }

  async #answer(line: Buffer, rows: number): Promise<Predicted> {
    const word = await this.#say([line], this.#within)
    if (typeof word === 'string' || !('columns' in word)) return this.#odd(word)
    if (word.columns.some(({ values }) => values.length !== rows)) return this.#bent()
    return { ok: true, columns: word.columns }
  }

  /** Not what was asked: why, or that it was not understood. */
  #odd(word: Word | Failed['why']): Failed {
    if (typeof word === 'string') return failed(word)
    return 'failed' in word ? failed(word.failed) : this.#bent()
  }

  #bent(): Failed {
    this.#end('failed')
    return failed('garbled')
  }

  /** Whoever does not answer in time is ended. */
  async #say(parts: readonly Uint8Array[], within: number): Promise<Word | Failed['why']> {
    if (this.#ended) return 'failed'
    const { promise, resolve } = Promise.withResolvers<Word | Failed['why']>()
    this.#hear = resolve
    const cancel = this.#place.clock.after(within, () => this.#end('silent'))
    for (const part of parts) this.#child.stdin.write(part)
    const word = await promise
    cancel()
    return word
  }

  #read(part: Buffer): void {
    this.#size += part.length
    this.#rest.push(part)
    if (this.#size > INFERENCE.answer) this.#end('too-long')
    else if (part.at(-1) === NEWLINE) this.#line()
  }

  #line(): void {
    const word = WORD.safeParse(parsed(Buffer.concat(this.#rest).toString()))
    this.#rest = []
    this.#size = 0
    if (word.success) this.#hear(word.data)
    else this.#end('garbled')
  }

  #end(why: Failed['why']): void {
    this.#ended = true
    this.#hear(why)
    this.#child.kill('SIGKILL')
  }
}
