import { expect, test } from 'vitest'
import { describeError, makeLog } from './log.ts'

function lines(): { log: ReturnType<typeof makeLog>; text: () => string } {
  const written: string[] = []
  return { log: makeLog('trace', { write: (line) => void written.push(line) }), text: () => written.join('') }
}

test('secrets are censored wherever they stand', () => {
  const { log, text } = lines()
  log.info(
    { bearer: 's3cret', headers: { authorization: 's3cret', cookie: 's3cret' }, a: { b: { token: 's3cret' } }, source: 's3cret' },
    'x',
  )
  expect(text()).not.toContain('s3cret')
  expect(text().match(/\[redacted\]/g)).toHaveLength(5)
})

test('an error is logged by name, code and place, never by its message', () => {
  const { log, text } = lines()
  log.error({ err: Object.assign(new TypeError('value\n    at s3cret'), { code: 'E_X' }) }, 'failed')
  expect(text()).not.toContain('s3cret')
  expect(text()).toContain('"type":"TypeError","code":"E_X"')
  expect(text()).toContain('log.test.ts')
  expect(describeError('s3cret')).toEqual({ type: 'string' })
})
