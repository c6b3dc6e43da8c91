import { expect, it } from 'vitest'
import { GiB, KiB, MiB, sizeText } from './size.ts'

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [KiB, '1 KB'],
  [1.5 * KiB, '1.5 KB'],
  [MiB - 1, '1.0 MB'],
  [312.4 * MiB, '312 MB'],
  [GiB - MiB, '1023 MB'],
  [2048 * MiB, '2 GB'],
  [1.25 * GiB, '1.3 GB'],
  [5000 * 1024 * GiB, '5000 TB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})
