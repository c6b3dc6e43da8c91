import { expect, test } from 'vitest'
import { leaving } from './leaving.ts'

const picture = { contentType: 'image/png', bytes: 1000 }

test('who edits saves the picture of an output, under a name of ours', () => {
  expect(leaving('edit', 'flights', picture)).toEqual({ ok: true, name: 'flights.png', type: 'image/png' })
  expect(leaving('edit', 'flights', { ...picture, contentType: 'Image/JPEG; q=1' })).toMatchObject({ name: 'flights.jpg' })
})

test.each(['text/csv', 'text/html', 'image/svg+xml', 'application/octet-stream', ''])(
  'data does not leave: %s',
  (contentType) => {
    expect(leaving('edit', 'flights', { ...picture, contentType })).toEqual({
      ok: false,
      why: expect.stringContaining('not data'),
    })
  },
)

test('a picture that is too large is refused with the limit; a reader saves nothing', () => {
  expect(leaving('edit', 'flights', { ...picture, bytes: 9e6 })).toEqual({ ok: false, why: expect.stringContaining('8 MB') })
  expect(leaving('run', 'flights', picture)).toEqual({ ok: false, why: expect.stringContaining('reading') })
})
