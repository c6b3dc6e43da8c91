// A server of the Open Inference Protocol on loopback, and its ways to be wrong: the name of the model says which.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Loopback } from '../../seams/testing/loopback.ts'

type Tensor = {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly data: readonly unknown[]
}
export type Request = {
  readonly path: string
  readonly authorization: string | undefined
  readonly inputs: readonly Tensor[] | null // null: its metadata were asked for
}
type Reply = (response: ServerResponse, inputs: readonly Tensor[]) => void

const json = (response: ServerResponse, value: unknown) => response.end(JSON.stringify(value))
const outputs =
  (...all: readonly object[]): Reply =>
  (response) =>
    json(response, { model_name: 'm', outputs: all })
const status =
  (code: number): Reply =>
  (response, inputs) => {
    response.writeHead(code, { location: '/v2/elsewhere', 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: `no: ${JSON.stringify(inputs)}` })) // as servers do, it quotes rows
  }
const y = (data: readonly unknown[], shape: readonly number[] = [data.length], datatype = 'FP64') => ({
  name: 'y',
  datatype,
  shape,
  data,
})

/** By the name of the model. */
const REPLIES: Readonly<Record<string, Reply>> = {
  same: (response, [x]) => outputs({ ...x, name: 'y' })(response, []),
  wide: outputs(y([1, 2, 3, 4, 5, 6], [3, 2]), { name: 'label', datatype: 'INT64', shape: [3, 1], data: [7, 8, 9] }),
  bits: outputs({ ...y([true, false, true]), datatype: 'BOOL' }),
  missing: outputs(y([1, null, 3])),
  short: outputs(y([1, 2])),
  lying: outputs(y([1, 2, 3], [6])),
  bent: outputs(y([1, 2, 3], [3, 2])),
  deep: outputs(y([1, 2, 3], [3, 1, 1])),
  broad: outputs(
    y(
      Array.from({ length: 3 * 300 }, () => 0),
      [3, 300],
    ),
  ),
  halves: outputs(y([1.5, 2, 3], [3], 'INT64')),
  huge: outputs(y([2 ** 60, 2, 3], [3], 'INT64')),
  odd: outputs(y([1, 2, 3], [3], 'COMPLEX')),
  empty: outputs(),
  nonsense: (response) => response.end('{nonsense'),
  unended: (response) => void response.write('{"outputs": ['),
  endless: (response) => {
    const pour = (): void => {
      while (response.write(' '.repeat(1 << 16)) && !response.destroyed);
      if (!response.destroyed) response.once('drain', pour)
    }
    pour()
  },
  cutOff: (response) => void response.write('{', () => response.socket?.destroy()),
  redirect: status(307),
  keyless: status(401),
  forbidden: status(403),
  absent: status(404),
  tooMany: status(429),
  away: status(503),
  rejected: status(400),
  broken: status(500),
}

const one = (name: string, datatype: string, ...shape: readonly number[]) => ({ name, datatype, shape })
/** What it says of its inputs, by the name of the model; the others say nothing. */
const INPUTS: Readonly<Record<string, readonly object[]>> = {
  words: [one('x', 'BYTES', -1, 1)],
  columns: [one('b', 'FP32', -1, 1), one('a', 'FP32', -1)],
  packed: [one('all', 'FP32', -1, 2)],
  others: [one('p', 'FP32', -1), one('q', 'FP32', -1)],
}

export class OipServer extends Loopback<Request> {
  get url(): string {
    return this.origin
  }

  protected answer({ url: path = '', headers, method }: IncomingMessage, text: string, response: ServerResponse): void {
    const inputs = method === 'POST' ? (JSON.parse(text) as { inputs: Tensor[] }).inputs : null
    this.requests.push({ path, authorization: headers.authorization, inputs })
    const model = decodeURIComponent(path.split('/')[3] ?? '')
    if (inputs === null) json(response, { name: model, versions: [], platform: '', inputs: INPUTS[model] ?? [], outputs: [] })
    else (REPLIES[model] ?? REPLIES.same ?? status(404))(response, inputs)
  }
}
