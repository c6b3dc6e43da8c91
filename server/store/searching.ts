// The thread that searches: reads the state, writes nothing, answers one question after the other.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { searchOf } from './search.ts'
import type { Answer, Call } from './searcher.ts'

const search = searchOf(new DatabaseSync(workerData as string, { readOnly: true, timeout: 5000 }))

parentPort?.on('message', ({ call, question }: Call) => {
  parentPort?.postMessage(answer(call, () => search(question)))
})

function answer(call: number, work: () => ReturnType<typeof search>): Answer {
  try {
    return { call, ok: true, compared: work() }
  } catch (error) {
    return { call, ok: false, why: error instanceof Error ? error.message : 'the search failed' }
  }
}
