// The thread that searches: reads the state, writes nothing, answers one question after the other.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { searchOf } from './search.ts'
import type { Answer, Question } from './searcher.ts'

const search = searchOf(new DatabaseSync(workerData as string, { readOnly: true, timeout: 5000 }))

parentPort?.on('message', ({ call, words, clearance, limit }: Question) => {
  parentPort?.postMessage(answer(call, () => search(words, clearance, limit)))
})

function answer(call: number, work: () => ReturnType<typeof search>): Answer {
  try {
    return { call, ok: true, found: work() }
  } catch (error) {
    return { call, ok: false, why: error instanceof Error ? error.message : 'the search failed' }
  }
}
