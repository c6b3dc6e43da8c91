// A foreign place on the network that remembers everything that reaches it: HTTP, WebSocket upgrades, and UDP for WebRTC.
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Canary = {
  readonly origin: string
  readonly udp: number
  readonly heard: string[] // method and address of each request
  readonly datagrams: Buffer[]
  connections(): number // TCP, whether or not anything was asked through them
  stop(): void
}

export async function startCanary(): Promise<Canary> {
  const heard: string[] = []
  const datagrams: Buffer[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' }).end('canary')
  })
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  server.on('upgrade', (request, socket) => {
    heard.push(`UPGRADE ${request.url}`)
    socket.destroy()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const udp = createSocket('udp4', (message) => datagrams.push(message))
  await new Promise<void>((done) => udp.bind(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    udp: udp.address().port,
    heard,
    datagrams,
    connections: () => connections,
    stop() {
      server.closeAllConnections()
      server.close()
      udp.close()
    },
  }
}
