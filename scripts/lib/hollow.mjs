// A WebAssembly module with another's exports and nothing behind them: each function answers 0, whatever it is given, and memory
// is zeros. It stands in for an engine that is loaded and never asked.
// Layout: https://webassembly.github.io/spec/core/binary/modules.html
const SECTION = { type: 1, function: 3, table: 4, memory: 5, global: 6, export: 7, code: 10 }
const KIND = { function: 0, table: 1, memory: 2, global: 3 }
const HEAD = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
const ANSWER = [0x60, 0, 1, 0x7f] // () -> i32
const ZERO = [0x41, 0, 0x0b] // i32.const 0, end

/** A number as unsigned LEB128. */
function leb(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}

const vector = (items) => [...leb(items.length), ...items.flat()]
const section = (id, items) => [id, ...sized(vector(items))]
const sized = (bytes) => [...leb(bytes.length), ...bytes]
const entry = ({ name, kind }) => [...sized([...Buffer.from(name)]), KIND[kind], 0]

/** bytes of a module -> bytes of its stand-in, which imports nothing. */
export function hollow(bytes) {
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes))
  return Uint8Array.from([
    ...HEAD,
    ...section(SECTION.type, [ANSWER]),
    ...section(SECTION.function, [[0]]),
    ...section(SECTION.table, [[0x70, 0, 0]]), // of functions, empty
    ...section(SECTION.memory, [[0, 1]]), // a page of zeros, from which a result may be read
    ...section(SECTION.global, [[0x7f, 0, ...ZERO]]),
    ...section(SECTION.export, exports.map(entry)),
    ...section(SECTION.code, [sized([0, ...ZERO])]),
  ])
}
