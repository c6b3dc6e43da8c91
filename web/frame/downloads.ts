// The frame may put nothing on the disk: its sandbox has no downloads. What its page would save is handed to the shell,
// which knows what may leave and says so where it may not.
import { say } from './port.ts'

export const isDownload = (link: HTMLAnchorElement): boolean => link.hasAttribute('download') && /^(data|blob):/.test(link.href)

/** marimo makes a link of its own for each file and presses it, without putting it into the page. */
export function handDownloadsOver(): void {
  const outer = HTMLElement.prototype.click
  HTMLAnchorElement.prototype.click = function () {
    if (isDownload(this)) handOver(this)
    else outer.call(this)
  }
}

/** The address is read at once: a `blob:` may be revoked right after the press. */
export function handOver({ href, download }: HTMLAnchorElement): void {
  const read = async () => {
    const response = await fetch(href)
    return { contentType: response.headers.get('content-type') ?? '', body: await response.arrayBuffer() }
  }
  void read()
    .catch(() => ({ contentType: '', body: new ArrayBuffer() })) // gone: the shell says that nothing was saved
    .then(({ contentType, body }) => say({ type: 'download', name: download, contentType, body }, [body]))
}
