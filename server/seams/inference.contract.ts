// What every way to deployed models must do. An implementation's test calls this with models that behave as they are named.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Column } from '#protocol/library/inference.ts'
import type { Inference, InferenceFailure } from './inference.ts'

/** `same` gives its real input x back as y, `words` its text. */
export type Manner = 'same' | 'words'

export type Opened = {
  readonly inference: Inference
  /** The name of a model that behaves so; `slow`: that does not answer in time. */
  named(manner: Manner | InferenceFailure): string
  close(): Promise<void>
}

export const reals = (...values: number[]): Column => ({ name: 'x', type: 'real', values })
const ROWS = [reals(1.5, -2, 0.25)]

/** `failures`: that this one can have brought about by a model. */
export function inferenceContract(failures: readonly InferenceFailure[], open: () => Promise<Opened>): void {
  describe('deployed models', () => {
    let opened: Opened
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())
    const asked = (manner: Manner | InferenceFailure, columns: readonly Column[] = ROWS, whose = 'k_1') =>
      opened.inference.predict({ whose, model: opened.named(manner), columns })

    test('they are listed as they are described', async () => {
      const listed = await opened.inference.list()
      expect(listed.find(({ name }) => name === opened.named('same'))).toEqual({
        name: opened.named('same'),
        description: 'Says what it was given.',
        label: { level: 'confidential', markings: ['PII'] },
        readers: true,
        inputs: [{ name: 'x', type: 'real' }],
      })
    })

    test('a row for each row, in their order', async () => {
      expect(await asked('same')).toEqual({ ok: true, columns: [{ name: 'y', type: 'real', values: [1.5, -2, 0.25] }] })
      const words: Column = { name: 'x', type: 'text', values: ['über 𝄞', '', 'a\nb'] }
      expect(await asked('words', [words])).toEqual({ ok: true, columns: [{ ...words, name: 'y' }] })
    })

    test('batches that are asked at once have their own answers', async () => {
      const all = await Promise.all([1, 2, 3, 4, 5].map((n) => asked('same', [reals(n, n)], `k_${n % 2}`)))
      expect(all).toEqual([1, 2, 3, 4, 5].map((n) => ({ ok: true, columns: [{ name: 'y', type: 'real', values: [n, n] }] })))
    })

    test.each(failures)('a failure is named, and the next batch is answered: %s', async (why) => {
      expect(await asked(why)).toEqual({ ok: false, why })
      expect(await asked('same')).toMatchObject({ ok: true })
    })
  })
}
