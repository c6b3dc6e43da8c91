// How each engine writes what policies mean. Masks use built-in functions that cannot fail on any value of their type.
import type { Mask } from '#protocol/policy/mask.ts'
import type { ColumnType } from '#protocol/policy/values.ts'
import { BUCKETS, DIGITS, PARTIAL, REDACTED, SHOWN } from './masking.ts'
import type { Binding } from './sql.ts'

export type DialectName = 'duckdb' | 'postgres'
export type BoundType = ColumnType | 'bytes'

/** What the engines write differently. */
type Words = {
  readonly types: Readonly<Record<BoundType, string>>
  /** A column for a comparison: text by code point. */
  column(quotedName: string, type: ColumnType): string
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
  column: (name) => name,
  digest: (bytes) => `unhex(sha256(${bytes}))`,
  hex: (bytes) => `lower(hex(${bytes}))`,
  bytes: (text) => `encode(${text})`,
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
  column: (name, type) => (type === 'text' ? `${name} COLLATE "C"` : name),
  digest: (bytes) => `sha256(${bytes})`,
  hex: (bytes) => `encode(${bytes}, 'hex')`,
  bytes: (text) => `convert_to(${text}, 'UTF8')`,
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export class Dialect {
  readonly #words: Words

  constructor(name: DialectName) {
    this.#words = name === 'duckdb' ? DUCKDB : POSTGRES
  }

  place(number: number, type: BoundType): string {
    return `CAST($${number} AS ${this.#words.types[type]})`
  }

  cast(expression: string, type: ColumnType): string {
    return `CAST(${expression} AS ${this.#words.types[type]})`
  }

  column(name: string, type: ColumnType): string {
    return this.#words.column(name, type)
  }

  /** Bytes of a text. */
  size(text: string): string {
    return `octet_length(${this.#words.bytes(text)})`
  }

  /** `key`: the workspace's, 32 bytes. What masking.ts makes of the same value. */
  mask(mask: Mask, column: string, type: ColumnType, key: Uint8Array, binding: Binding): string {
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
        return type === 'integer' ? integerBucket(column, mask.size) : realBucket(column, mask.size)
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
  const cases = Object.entries(to).map(([from, word]) => `WHEN ${column} = ${text(from)} THEN ${text(word)}`)
  const rest = otherwise === null ? 'NULL' : text(otherwise)
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases.join(' ')} ELSE ${rest} END`
}

const integerBucket = (column: string, size: number) =>
  `CASE WHEN ${column} BETWEEN -${BUCKETS} AND ${BUCKETS} THEN ${column} - (((${column} % ${size}) + ${size}) % ${size}) END`

/** NaN is above every number, for both engines. */
const realBucket = (column: string, size: number) =>
  `CASE WHEN ${column} BETWEEN -${BUCKETS} AND ${BUCKETS} THEN FLOOR(${column} / ${size}) * ${size} END`

const partial = (column: string, shown: string, hidden: string) =>
  `CASE WHEN LENGTH(${column}) < ${PARTIAL} THEN ${hidden} ELSE ${shown} END`
