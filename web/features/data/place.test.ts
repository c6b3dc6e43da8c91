import { expect, test } from 'vitest'
import { pathOf, placeOf } from './place.ts'

test('an address names a page and, whatever its signs, a table', () => {
  expect(placeOf('/tables')).toEqual({ page: 'tables', table: null })
  expect(placeOf('/artefacts')).toEqual({ page: 'artefacts', table: null })
  expect(placeOf('/models')).toEqual({ page: 'models', table: null })
  expect(placeOf('/audit')).toEqual({ page: 'audit', table: null })
  for (const name of ['flights', 'a/b', 'ü "x"; é 😀', '100%', '..'])
    expect(placeOf(pathOf('access', name))).toEqual({ page: 'access', table: name })
  expect(placeOf('/tables/%zz')).toEqual({ page: 'tables', table: '%zz' })
})
