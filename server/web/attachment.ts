// An answer of bytes that somebody else made: a file to keep, never a page. Whatever it holds, a browser shows none of it by itself.
import type { FastifyReply } from 'fastify'
import type { Content } from '../artefacts/content.ts'

export class Attachment {
  readonly #content: Content

  constructor(content: Content) {
    this.#content = content
  }

  send(reply: FastifyReply): FastifyReply {
    const { name, type, bytes, stream } = this.#content
    return reply
      .headers({
        'content-type': type,
        'content-length': bytes,
        'content-disposition': `attachment; filename*=UTF-8''${encoded(name)}`,
        'content-security-policy': "default-src 'none'; sandbox",
        'cache-control': 'no-store',
      })
      .send(stream)
  }
}

/** As RFC 8187 has it. */
const encoded = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
