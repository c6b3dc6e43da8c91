// The models that a new workspace has.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Column, ValueType } from '#protocol/library/inference.ts'
import { clock } from '../clock.ts'
import { makeLog } from '../log.ts'
import { onnxInference } from '../scorers/onnx.ts'
import { PYTHON } from '../scorers/testing/models.ts'
import type { Store } from '../seams/store.ts'
import { openStore } from '../store/sqlite.ts'
import { plantModels } from './seed.ts'

const SHIPPED = join(import.meta.dirname, '../../examples/models')
const FILES = ['flight_delay.json', 'flight_delay.onnx']

let home: string
let store: Store
const plant = (models: string) => plantModels({ store, log: makeLog('silent'), now: () => 1000 }, { home, models })
const planted = () => readdirSync(join(home, 'models'))

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'planted-'))
  store = openStore(home)
})
afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true })
})

test('the model that ships scores a row of its inputs, in a process of its own', async () => {
  await plant(SHIPPED)
  expect(planted().sort()).toEqual(FILES)
  const inference = onnxInference({ folder: join(home, 'models'), python: PYTHON, clock })
  const [model, ...more] = await inference.list()
  expect([model?.name, more]).toEqual(['flight_delay', []])
  const one: Record<ValueType, Column['values']> = { real: [1.5], integer: [7], boolean: [true], text: [''] }
  const columns = (model?.inputs ?? []).map(({ name, type }) => ({ name, type, values: one[type] }) as Column)
  const said = await inference.predict({ whose: 'k_1', model: 'flight_delay', columns })
  inference.close()
  expect(said).toEqual({ ok: true, columns: [{ name: 'probability', type: 'real', values: [expect.any(Number)] }] })
})

test('one that was taken away stays away', async () => {
  await plant(SHIPPED)
  for (const file of planted()) rmSync(join(home, 'models', file))
  await plant(SHIPPED)
  expect(planted()).toEqual([])
})

test('where there are none yet, or one without its description, a later start brings them', async () => {
  const folder = join(home, 'shipped')
  await plant(folder)
  mkdirSync(folder)
  cpSync(join(SHIPPED, 'flight_delay.onnx'), join(folder, 'flight_delay.onnx'))
  await expect(plant(folder)).rejects.toThrow('flight_delay.json')
  await plant(SHIPPED)
  expect(planted().sort()).toEqual(FILES)
})
