// How each engine writes what policies mean. Masks use built-in functions that cannot fail on any value of their type.
import type { Mask } from '#protocol/policy/mask.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import type { DialectName } from '../seams/dataPlane.ts'
import { BUCKETS, DIGITS, PARTIAL, REDACTED, SHOWN } from './masking.ts'
import type { Binding } from './sql.ts'

export type BoundType = ColumnType | 'bytes'

type Types = Readonly<Record<string, ColumnType>>

const floored = (column: string, size: number) => `FLOOR(${column} / ${size}) * ${size}`

/** What the engines write differently. */
type Words = {
  readonly types: Readonly<Record<BoundType, string>>
  /** A text that compares by code point, whatever its table or database says. */
  text(expression: string): string
  /** A stored table whose columns are exactly of the types policies speak of, with values that each type has. */
  source(from: string, types: Types): string
  /** Whether a condition over such columns holds of a row of a stored table, where a statement looks at that table itself. */
  holds(condition: string, types: Types): string
  /** It can answer what it has stored of what it was given. */
  readonly returns: boolean
  /** The lower bound of a bucket of reals. */
  bucket(column: string, size: number, binding: Binding): string
  /** The SHA-256 of bytes, as bytes and as lower hexadecimal. */
  digest(bytes: string): string
  hex(bytes: string): string
  /** The bytes of a text in UTF-8. */
  bytes(text: string): string
}

const DUCKDB: Words = {
  types: {
    text: 'VARCHAR',
    integer: 'BIGINT',
    real: 'DOUBLE',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    bytes: 'BLOB',
  },
  text: (expression) => expression,
  source: (from) => from,
  holds: (condition) => condition,
  returns: false,
  bucket: floored,
  digest: (bytes) => `unhex(sha256(${bytes}))`,
  hex: (bytes) => `lower(hex(${bytes}))`,
  bytes: (text) => `encode(${text})`,
}

/** Days and moments that no literal has (infinite ones, those before Christ) are null. */
const inCalendar = (column: string, kind: string) =>
  `CASE WHEN ${column} >= ${kind} '0001-01-01' AND ${column} < ${kind} '10000-01-01' THEN ${column} END`

function widened([name, type]: [string, ColumnType]): string {
  const column = quoted(name)
  const cast = `CAST(${column} AS ${POSTGRES.types[type]})`
  if (type === 'text') return `${POSTGRES.text(cast)} AS ${column}`
  return `${type === 'date' || type === 'timestamp' ? inCalendar(column, POSTGRES.types[type]) : cast} AS ${column}`
}

const POSTGRES: Words = {
  types: {
    text: 'TEXT',
    integer: 'BIGINT',
    real: 'DOUBLE PRECISION',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamp: 'TIMESTAMP',
    bytes: 'BYTEA',
  },
  text: (expression) => `(${expression}) COLLATE "C"`,
  source: (from, types) => `(SELECT ${Object.entries(types).map(widened).join(', ')} FROM ${from}) AS stored`,
  holds: (condition, types) => `(SELECT ${condition} FROM (SELECT ${Object.entries(types).map(widened).join(', ')}) AS stored)`,
  returns: true,
  // A quotient of two numbers that is zero and should not be is an error there; the smallest numbers have such quotients.
  bucket: (column, size, binding) => {
    const smallest = binding.bind({ type: 'real', value: Math.floor(size / 2) * Number.MIN_VALUE })
    return `CASE WHEN ABS(${column}) <= ${smallest} THEN ${column} * 0 ELSE ${floored(column, size)} END`
  },
  digest: (bytes) => `sha256(${bytes})`,
  hex: (bytes) => `encode(${bytes}, 'hex')`,
  bytes: (text) => `convert_to(${text}, 'UTF8')`,
}

const WORDS: Readonly<Record<DialectName, Words>> = { duckdb: DUCKDB, postgres: POSTGRES }

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export class Dialect {
  readonly name: DialectName
  readonly #words: Words

  constructor(name: DialectName) {
    this.name = name
    this.#words = WORDS[name]
  }

  place(number: number, type: BoundType): string {
    const place = `CAST($${number} AS ${this.#words.types[type]})`
    return type === 'text' ? this.#words.text(place) : place
  }

  cast(expression: string, type: ColumnType): string {
    return `CAST(${expression} AS ${this.#words.types[type]})`
  }

  /** A table to read from, of columns of these types. `from`: its name, quoted. */
  source(from: string, types: Types): string {
    return this.#words.source(from, types)
  }

  /** A condition over the columns of a stored table, in a statement that changes it. */
  holds(condition: string, types: Types): string {
    return this.#words.holds(condition, types)
  }

  get returns(): boolean {
    return this.#words.returns
  }

  /** Bytes of a text. */
  size(text: string): string {
    return `octet_length(${this.#words.bytes(text)})`
  }

  /** `key`: the workspace's, 32 bytes. What masking.ts makes of the same value of a source, as a value of type `to`. */
  mask(mask: Mask, column: string, type: ColumnType, to: ColumnType, key: Uint8Array, binding: Binding): string {
    const value = this.#masked(mask, column, type, key, binding)
    return to === 'text' ? this.#words.text(value) : value
  }

  #masked(mask: Mask, column: string, type: ColumnType, key: Uint8Array, binding: Binding): string {
    const text = (value: string) => binding.bind({ type: 'text', value })
    switch (mask.kind) {
      case 'null':
        return `CAST(NULL AS ${this.#words.types[type]})`
      case 'redact':
        return text(REDACTED)
      case 'constant':
        return binding.bind(mask.value)
      case 'generalise':
        return generalised(mask, column, text)
      case 'bucket':
        return type === 'integer'
          ? integerBucket(column, mask.size)
          : whole(column, this.#words.bucket(column, mask.size, binding))
      case 'year':
        return `CAST(EXTRACT(YEAR FROM ${column}) AS ${this.#words.types.integer})`
      case 'hash':
        return this.#hash(`CAST(${column} AS ${this.#words.types.text})`, key, binding)
      case 'first4':
        return partial(column, `LEFT(${column}, ${SHOWN}) || ${text(REDACTED)}`, text(REDACTED))
      case 'last4':
        return partial(column, `${text(REDACTED)} || RIGHT(${column}, ${SHOWN})`, text(REDACTED))
    }
  }

  /** HMAC-SHA-256, RFC 2104: no engine has it, each has SHA-256. */
  #hash(text: string, key: Uint8Array, binding: Binding): string {
    const { digest, bytes, hex } = this.#words
    const pad = (byte: number) => {
      const padded = Buffer.alloc(64, byte)
      for (const [at, part] of key.entries()) padded[at] = part ^ byte
      return binding.bind({ type: 'bytes', value: padded.toString('hex') })
    }
    const [outer, inner] = [pad(0x5c), pad(0x36)]
    return `LEFT(${hex(digest(`${outer} || ${digest(`${inner} || ${bytes(text)}`)}`))}, ${DIGITS})`
  }
}

type Generalise = Extract<Mask, { kind: 'generalise' }>

function generalised({ to, otherwise }: Generalise, column: string, text: (value: string) => string): string {
  const words = Object.entries(to)
  // DuckDB 2.0 cannot compare a CASE of one word over a column that is all NULL; two words that are the same are the same.
  if (words.length === 0 && otherwise !== null) words.push([otherwise, otherwise])
  const cases = words.map(([from, word]) => `WHEN ${column} = ${text(from)} THEN ${text(word)}`)
  const rest = otherwise === null ? 'NULL' : text(otherwise)
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases.join(' ')} ELSE ${rest} END`
}

const integerBucket = (column: string, size: number) =>
  `CASE WHEN ${column} BETWEEN -${BUCKETS} AND ${BUCKETS} THEN ${column} - (((${column} % ${size}) + ${size}) % ${size}) END`

/** NaN is above every number, for both engines. */
const whole = (column: string, bucket: string) => `CASE WHEN ${column} BETWEEN -${BUCKETS} AND ${BUCKETS} THEN ${bucket} END`

const partial = (column: string, shown: string, hidden: string) =>
  `CASE WHEN LENGTH(${column}) < ${PARTIAL} THEN ${hidden} ELSE ${shown} END`
