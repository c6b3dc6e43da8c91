// What a link needs of the world. Adapters: server/mux/wire.ts (ws), server/kernels/wire.ts and kernel-runner/wire.ts
// (unix socket), web/net/socket.ts (the browser's WebSocket).
export type Wire = {
  send(frame: Uint8Array): void // one frame, kept whole
  sendApart?(head: Uint8Array, payload: Uint8Array): void // the same in two pieces, where that spares a copy
  flushed?(run: () => void): void // once all that was handed over so far has left, or the wire has gone
  buffered(): number // bytes handed over and not yet taken by the network
  close(code: number, reason: string): void
}

export type Clock = {
  now(): number // ms
  after(ms: number, run: () => void): () => void // returns: cancel
}
