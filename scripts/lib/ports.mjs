// Are the two ports to be had, at the addresses that the gateway will listen on?
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:net'
import { Misconfigured } from './run.mjs'

const SAID = {
  EADDRINUSE: (port, what) =>
    `Port ${port} (for ${what}) is in use. Stop what uses it, or choose another pair: PORT=4100 npm start`,
  EACCES: (port, what) =>
    `Port ${port} (for ${what}) is not open to this user: choose a pair from 1024 on, such as PORT=4100 npm start`,
}

/** The error code of listening there, or null; an address that this machine does not have is nobody's. */
function refusal(port, host) {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', ({ code }) => done(code in SAID ? code : null))
    probe.listen(port, host, () => probe.close(() => done(null)))
  })
}

/** The shell answers at each address of `localhost`, frames at the IPv4 one. */
async function addresses() {
  const found = await lookup('localhost', { all: true }).catch(() => [])
  return [...new Set(['127.0.0.1', ...found.map(({ address }) => address)])]
}

export async function needPorts({ port, contentPort }) {
  const wanted = [
    ...(await addresses()).map((host) => [port, host, 'the shell']),
    [contentPort, '127.0.0.1', "the notebooks' frames"],
  ]
  for (const [number, host, what] of wanted) {
    const code = await refusal(number, host)
    if (code !== null) throw new Misconfigured(SAID[code](number, what))
  }
}
