// Each program's own secrets, and no other's.
import { expect, test } from 'vitest'
import { told } from './lib/told.mjs'

const TABLES = { SCRYDON_TABLES: 'postgresql://a', SCRYDON_TABLES_OWNER: 'postgresql://b', PGPASSWORD: 'c', PGPASSFILE: 'd' }
const KEYS = { CORTEX_KEY: 'e', INFERENCE_KEY: 'f', EMBEDDINGS_KEY: 'g' }
const ALL = { PATH: '/bin', CORTEX_URL: 'https://models', ...TABLES, ...KEYS }
const rest = { PATH: '/bin', CORTEX_URL: 'https://models' }

test.each([
  ['gateway', { ...rest, ...KEYS }],
  ['data-plane', { ...rest, ...TABLES }],
  ['runner', rest],
])('the %s', (program, expected) => expect(told(program, ALL)).toEqual(expected))
