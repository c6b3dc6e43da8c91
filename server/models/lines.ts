// Server-sent events as model endpoints write them: the text of each `data:` line. Chunks come as the network cut them.
import { MODEL } from '#protocol/limits.ts'

export class TooLong extends Error {}

const DATA = 'data:'

export async function* dataOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (bytes > MODEL.wire || rest.length > MODEL.line) throw new TooLong()
    for (const line of lines) if (line.startsWith(DATA)) yield line.slice(DATA.length).trim()
  }
  if (rest.startsWith(DATA)) yield rest.slice(DATA.length).trim()
}
