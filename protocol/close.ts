// Why a channel or a socket ended: one named code each, with what the peer may do about it.
// The number is the WebSocket close code where a whole socket ends; a channel carries the name.
export const CLOSE = {
  normal: { code: 1000, next: 'stop', text: 'Closed.' },
  goingAway: { code: 1012, next: 'retry', text: 'The server is restarting.' },
  badFrame: { code: 4400, next: 'stop', text: 'The connection sent something this server does not understand.' },
  tooBig: { code: 4413, next: 'stop', text: 'A message was larger than the limit.' },
  unauthenticated: { code: 4401, next: 'signIn', text: 'You are signed out.' },
  forbidden: { code: 4403, next: 'stop', text: 'You may not do this.' },
  notFound: { code: 4404, next: 'stop', text: 'There is nothing here, or not for you.' },
  helloTimeout: { code: 4408, next: 'retry', text: 'The connection did not sign in in time.' },
  moved: { code: 4409, next: 'takeBack', text: 'This notebook was opened in another tab.' },
  overrun: { code: 4429, next: 'reopen', text: 'The connection fell too far behind.' },
  crowded: { code: 4431, next: 'stop', text: 'You have too many tabs open here. Close one of them, then load this page again.' },
  gap: { code: 4410, next: 'reopen', text: 'Some output was missed; the notebook is loaded again.' },
  revoked: { code: 4423, next: 'stop', text: 'This notebook is no longer shared with you.' },
  kernelGone: { code: 4424, next: 'restart', text: 'The kernel has ended.' },
  leaseLost: { code: 4425, next: 'stop', text: 'Somebody else is editing now.' },
  internal: { code: 4500, next: 'retry', text: 'Something failed on the server.' },
} as const satisfies Record<
  string,
  { code: number; next: 'stop' | 'retry' | 'signIn' | 'reopen' | 'restart' | 'takeBack'; text: string }
>

export type CloseName = keyof typeof CLOSE
export const CLOSE_NAMES = Object.keys(CLOSE) as [CloseName, ...CloseName[]]

/** The name for a WebSocket close code; an unlisted code (1006, 1001, …) is a lost connection: retry. */
export function closeName(code: number): CloseName | 'lost' {
  return CLOSE_NAMES.find((name) => CLOSE[name].code === code) ?? 'lost'
}
