// UTF-8 both ways. Browser and Node both have these two classes; protocol/ loads the types of neither.
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
declare const TextDecoder: new (label: string, options: { fatal: boolean }) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true })

export const encodeText = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** The text, or null where the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/** The value, or undefined where the bytes are not JSON. */
export function decodeJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strict.decode(bytes))
  } catch {
    return undefined
  }
}
