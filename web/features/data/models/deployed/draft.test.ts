import { expect, test } from 'vitest'
import type { ModelFile, Tensor } from '#protocol/policy/deployed.ts'
import { askedBy, columnsText, type Draft, inputsOf, inputsText, NEW, nameOf, readInputs, withFile } from './draft.ts'

const tensor = (name: string, width: number | null): Tensor => ({ name, type: 'real', width })
const file = (...takes: Tensor[]): ModelFile => ({ digest: 'a'.repeat(64), bytes: 65, takes, makes: [tensor('y', 1)] })

test('columns are a line each, the last word is the type; what does not read is none', () => {
  const inputs = [
    { name: 'hour', type: 'integer' },
    { name: 'wind speed', type: 'real' },
  ] as const
  expect(inputsText(inputs)).toBe('hour integer\nwind speed real')
  expect(readInputs(' hour  integer\n\n wind speed real \n')).toEqual(inputs)
  expect(readInputs(inputsText(inputs))).toEqual(inputs)
  for (const text of ['', 'hour', 'hour date', 'hour integer\nhour real', ' real']) expect(readInputs(text)).toBeNull()
  expect(columnsText(inputs)).toBe('hour (integer), wind speed (real)')
})

test('what a file says of its columns: by name, or counted where they lie side by side', () => {
  expect(inputsOf(file(tensor('a', 1), tensor('b', null))).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(inputsOf(file(tensor('rows', 3))).map(({ name }) => name)).toEqual(['rows_0', 'rows_1', 'rows_2'])
})

test('a new file fills in what nobody has said; what was said stays while there are as many columns', () => {
  const first = withFile(NEW, file(tensor('rows', 2)), 'late flights.onnx')
  expect([first.name, inputsText(first.rules.inputs)]).toEqual(['late_flights', 'rows_0 real\nrows_1 real'])
  const said: Draft = {
    ...first,
    name: 'mine',
    rules: { ...first.rules, inputs: readInputs('hour integer\nmonth integer') ?? [] },
  }
  const second = withFile(said, file(tensor('columns', 2)), 'other.onnx')
  expect([second.name, inputsText(second.rules.inputs)]).toEqual(['mine', 'hour integer\nmonth integer'])
  expect(inputsText(withFile(said, file(tensor('x', 3)), 'other.onnx').rules.inputs)).toBe('x_0 real\nx_1 real\nx_2 real')
})

test('the name of a file as one of a model', () => {
  expect(['flight_delay.onnx', 'Größe 2.onnx', '-x.onnx', 'v1.2.onnx', '…'].map(nameOf)).toEqual([
    'flight_delay',
    'Gr_e_2',
    'x',
    'v1.2',
    '',
  ])
  expect(nameOf(`${'a'.repeat(100)}.onnx`)).toHaveLength(64)
  expect(askedBy('flight_delay')).toBe('from scrydon import inference\ninference.predict("flight_delay", df)')
})
