// The text of a PDF. Reading one is not this process's affair: another is started for each, sealed before it sees a byte
// (python/reader), bounded in time, memory and in what it may say, and thrown away.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import { DOCUMENTS } from '#protocol/limits.ts'

const SCRIPT = join(import.meta.dirname, '../../python/reader/pdf.py')
const ANSWER = 7 * DOCUMENTS.text // bytes of JSON: a character may take six
const FAILURES = ['too-long', 'encrypted', 'damaged'] as const

const Answer = z.union([z.strictObject({ title: z.string(), text: z.string() }), z.strictObject({ failed: z.enum(FAILURES) })])

/** `slow`: not read within its time. `none`: nothing here can read one. */
export type PdfText =
  | { readonly ok: true; readonly title: string; readonly text: string }
  | { readonly ok: false; readonly why: (typeof FAILURES)[number] | 'slow' | 'none' }
export type ReadPdf = (file: Uint8Array) => Promise<PdfText>

/** `python`: an interpreter that has pypdf. */
export function pdfReader(python: string, within: number = DOCUMENTS.reading): ReadPdf {
  return async (file) => {
    const bounds = [DOCUMENTS.readingMemory, Math.ceil(within / 1000), DOCUMENTS.text].map(String)
    const child = spawn(python, ['-I', SCRIPT, ...bounds], { cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, within)
    try {
      child.stdin.on('error', () => {}) // it may end before it has read all
      child.stdin.end(file)
      const said = await output(child.stdout, new Promise((_, fail) => child.once('error', fail)))
      return late ? { ok: false, why: 'slow' } : understood(said)
    } catch {
      return { ok: false, why: 'none' }
    } finally {
      clearTimeout(timer)
      child.kill('SIGKILL')
    }
  }
}

/** Until its end; null where it says too much. */
async function output(stdout: Readable, failed: Promise<never>): Promise<string | null> {
  const all = async () => {
    const parts: Buffer[] = []
    let size = 0
    for await (const part of stdout as AsyncIterable<Buffer>) {
      size += part.length
      if (size > ANSWER) return null
      parts.push(part)
    }
    return Buffer.concat(parts).toString()
  }
  return Promise.race([all(), failed])
}

/** Whatever else it may have said: the file brought it about. */
function understood(said: string | null): PdfText {
  const answer = Answer.safeParse(parsed(said ?? ''))
  if (!answer.success) return { ok: false, why: 'damaged' }
  return 'failed' in answer.data ? { ok: false, why: answer.data.failed } : { ok: true, ...answer.data }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
