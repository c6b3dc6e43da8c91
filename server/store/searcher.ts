// The near side of the thread that searches (searching.ts). It is started with the first search, and again should it end.
import { Worker } from 'node:worker_threads'
import type { Label } from '#protocol/policy/label.ts'
import type { Compared, Meant } from '../seams/knowledge.ts'

/** `meant`: null where the words alone are looked for. */
export type Question = {
  readonly words: string
  readonly meant: Meant | null
  readonly clearance: Label
  readonly limit: number
}
export type Call = { readonly call: number; readonly question: Question }
export type Answer =
  | { readonly call: number; readonly ok: true; readonly compared: Compared }
  | { readonly call: number; readonly ok: false; readonly why: string }

type Waiting = { readonly done: (compared: Compared) => void; readonly fail: (error: Error) => void }

/** `path`: of the state. */
export function makeSearcher(path: string): {
  readonly search: (question: Question) => Promise<Compared>
  readonly close: () => Promise<void>
} {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | null = null
  let last = 0

  function start(): Worker {
    const made = new Worker(new URL('./searching.ts', import.meta.url), { workerData: path })
    made.unref()
    made.on('message', (answer: Answer) => {
      const asked = waiting.get(answer.call)
      waiting.delete(answer.call)
      if (answer.ok) asked?.done(answer.compared)
      else asked?.fail(new Error(answer.why))
    })
    const gone = (error: unknown) => void (worker === made && ended(error)) // another may have been started since
    made.on('error', gone)
    made.on('exit', () => gone(new Error('the thread that searches has ended')))
    return made
  }
  function ended(error: unknown): void {
    worker = null
    for (const { fail } of waiting.values()) fail(error instanceof Error ? error : new Error('the search failed'))
    waiting.clear()
  }
  return {
    search: (question) =>
      new Promise((done, fail) => {
        worker ??= start()
        last += 1
        waiting.set(last, { done, fail })
        worker.postMessage({ call: last, question } satisfies Call)
      }),
    close: async () => void (await worker?.terminate()),
  }
}
