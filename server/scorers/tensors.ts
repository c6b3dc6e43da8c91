// Rows as tensors of the Open Inference Protocol, version 2, and back.
import * as z from 'zod/mini'
import type { Column, Made, ValueType } from '#protocol/library/inference.ts'
import { INFERENCE } from '#protocol/limits.ts'
import type { Deployed } from '../seams/inference.ts'

const Shape = z.array(z.int())
const Described = z.object({ name: z.string(), datatype: z.string(), shape: Shape })
/** What a server says of a model; many say nothing of its inputs. */
export const Metadata = z.object({ inputs: z._default(z.array(Described), []) })
export type Metadata = z.infer<typeof Metadata>

const Values = z.union([z.array(z.string()), z.array(z.boolean()), z.array(z.union([z.number(), z.null()]))])
const Output = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  datatype: z.string(),
  shape: Shape,
  data: Values,
})
export const Inferred = z.object({ outputs: z.array(Output).check(z.minLength(1), z.maxLength(INFERENCE.outputs)) })
type Output = z.infer<typeof Output>

type Tensor = {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
}

const DATATYPES: Record<ValueType, string> = { text: 'BYTES', integer: 'INT64', real: 'FP64', boolean: 'BOOL' }
const KINDS: readonly (readonly [RegExp, ValueType])[] = [
  [/^FP|^BF/, 'real'],
  [/^U?INT/, 'integer'],
  [/^BOOL$/, 'boolean'],
  [/^BYTES$/, 'text'],
]
const ONE = { name: 'input-0', datatype: 'FP64' } // where a server says nothing of its model's inputs

/** Null: the server's model takes something else. A model that takes one tensor gets all columns in it, in the order of its inputs. */
export function tensorsOf(
  { inputs }: Deployed,
  { inputs: taken }: Metadata,
  columns: readonly Column[],
): readonly Tensor[] | null {
  const given = new Map(columns.map((column) => [column.name, column]))
  const ordered = inputs.flatMap(({ name }) => given.get(name) ?? [])
  if (taken.length === ordered.length && taken.every(({ name }) => given.has(name)))
    return taken.flatMap(({ name, datatype, shape }) => {
      const column = given.get(name)
      return column ? [alone(column, datatype, shape.length)] : []
    })
  if (taken.length > 1 || ordered.some(({ type }) => type === 'text')) return null
  return [packed(ordered, taken[0] ?? ONE)]
}

function alone({ name, type, values }: Column, datatype: string, dimensions: number): Tensor {
  const shape = dimensions < 2 ? [values.length] : [values.length, 1]
  return { name, datatype: datatype === '' ? DATATYPES[type] : datatype, shape, data: values }
}

function packed(columns: readonly Column[], { name, datatype }: { readonly name: string; readonly datatype: string }): Tensor {
  const rows = columns[0]?.values.length ?? 0
  const data = Array.from({ length: rows }, (_, row) => columns.map(({ values }) => Number(values[row]))).flat()
  return { name, datatype, shape: [rows, columns.length], data }
}

/** Null: it is not of so many rows, or of a type that no column has. What has several values for a row becomes several columns. */
export function columnsOf(outputs: readonly Output[], rows: number): readonly Made[] | null {
  const made = outputs.map((output) => splitted(output, rows))
  const all = made.flatMap((columns) => columns ?? [])
  return made.includes(null) || all.length > INFERENCE.outputs ? null : all
}

function splitted({ name, datatype, shape, data }: Output, rows: number): readonly Made[] | null {
  const type = KINDS.find(([pattern]) => pattern.test(datatype))?.[1]
  const [first, width = 1, ...more] = shape
  if (type === undefined || first !== rows || width < 1 || width > INFERENCE.outputs) return null
  if (more.length > 0 || data.length !== rows * width) return null
  const column = (place: number) => Array.from({ length: rows }, (_, row) => data[row * width + place])
  const named = (place: number) => (shape.length < 2 || width === 1 ? name : `${name}_${place}`)
  const columns = Array.from({ length: width }, (_, place) => madeOf(named(place), type, column(place)))
  return columns.every((one) => one !== null) ? columns : null
}

const MADE: Record<ValueType, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  integer: Number.isSafeInteger,
  real: (value) => typeof value === 'number' || value === null,
  boolean: (value) => typeof value === 'boolean',
}
const madeOf = (name: string, type: ValueType, values: readonly unknown[]): Made | null =>
  values.every(MADE[type]) ? ({ name, type, values } as Made) : null
