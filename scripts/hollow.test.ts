import { expect, test } from 'vitest'
import { hollow } from './lib/hollow.mjs'

/** (module (func (export "twice") (param i32) (result i32) local.get 0 i32.const 2 i32.mul) (memory (export "room") 1)) */
const ENGINE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 1],
  ...[7, 16, 2, 5, ...Buffer.from('twice'), 0, 0, 4, ...Buffer.from('room'), 2, 0],
  ...[10, 9, 1, 7, 0, 0x20, 0, 0x41, 2, 0x6c, 0x0b],
])
const exportsOf = (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module.exports(new WebAssembly.Module(bytes))

test('the stand-in has every export, by name and kind, and answers 0', () => {
  const before = new WebAssembly.Instance(new WebAssembly.Module(ENGINE)).exports as { twice(value: number): number }
  expect(before.twice(21)).toBe(42)
  expect(exportsOf(hollow(ENGINE))).toEqual(exportsOf(ENGINE))
  const after = new WebAssembly.Instance(new WebAssembly.Module(hollow(ENGINE))).exports as typeof before
  expect(after.twice(21)).toBe(0)
})
