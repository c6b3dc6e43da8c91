// Whether a model file takes the columns that are said of it, as the scorer hands them over (python/scorer/onnx.py): pure.
import type { Input, ValueType } from '#protocol/library/inference.ts'
import type { ModelFile, Tensor } from '#protocol/policy/deployed.ts'

/** What a tensor takes without losing any of it. */
const TAKES: Record<ValueType, readonly ValueType[]> = {
  text: ['text'],
  boolean: ['boolean'],
  integer: ['integer', 'boolean'],
  real: ['real', 'integer', 'boolean'],
}

/** What does not fit, in words; null: it does. */
export function unfit(inputs: readonly Input[], { takes }: Pick<ModelFile, 'takes'>): string | null {
  const tensors = new Map(takes.map((tensor) => [tensor.name, tensor]))
  if (takes.length === inputs.length && inputs.every(({ name }) => tensors.has(name)))
    return firstOf(inputs, (input) => alone(input, tensors.get(input.name) as Tensor))
  const [only, ...more] = takes
  if (only === undefined || more.length > 0) return `it takes ${takes.map(({ name }) => `“${name}”`).join(', ')}`
  if (only.width !== null && only.width !== inputs.length) return `it takes ${only.width} columns, and ${inputs.length} are said`
  return firstOf(inputs, (input) => typed(input, only))
}

const alone = (input: Input, tensor: Tensor): string | null =>
  tensor.width !== null && tensor.width !== 1 ? `it takes ${tensor.width} columns as “${tensor.name}”` : typed(input, tensor)

const typed = ({ name, type }: Input, { type: taken }: Tensor): string | null =>
  TAKES[taken].includes(type) ? null : `it takes no ${type} as “${name}”, but ${taken}`

function firstOf(inputs: readonly Input[], judge: (input: Input) => string | null): string | null {
  for (const input of inputs) {
    const wrong = judge(input)
    if (wrong !== null) return wrong
  }
  return null
}
