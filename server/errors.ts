// Every refusal of the gateway: a stable code, a status and one sentence for the person. `{x}` is filled from values that
// are names, limits or counts, never data. What nobody may know and what does not exist get the same answer.
// docs/errors.md begins with this table (`npm run docs`). Every refusal's id stands in a log line with its code.
import type { Refusal } from '#protocol/api.ts'
import { mint } from './ids.ts'

export const ERRORS = {
  'bad-request': { status: 400, text: 'The server does not understand this request ({where}). Reload the page and try again.' },
  'not-utf8': { status: 400, text: 'The text is not valid UTF-8. Save the file as UTF-8 and import it again.' },
  'not-a-notebook': {
    status: 400,
    text: 'This is not a marimo notebook: it has no `app = marimo.App()`. `marimo convert` makes one from a script or an ipynb file.',
  },
  'not-a-document': { status: 400, text: 'The library takes Markdown, text and PDF files: .md, .markdown, .txt, .pdf.' },
  'signed-out': { status: 401, text: 'You are signed out. Sign in again.' },
  forbidden: { status: 403, text: 'You may not do this to this notebook. Its author can share it with you for editing.' },
  'preview-above': {
    status: 403,
    text: 'Such a reader would get no version of this notebook yet. Release one to the whole workspace, or preview as one with a higher clearance.',
  },
  'version-above': {
    status: 403,
    text: 'There is no version of this notebook for you yet: those there are count above your clearance. Ask {who}, its author, to release one to you.',
  },
  'newest-above': {
    status: 403,
    text: 'The newest version of this notebook counts above your clearance, so you cannot change it. You can duplicate the version that you see, or ask {who}, its author.',
  },
  'files-above': { status: 403, text: 'Files beside this notebook are classified above you.' },
  'workspace-above': {
    status: 403,
    text: 'All work in this workspace counts above your clearance, so you can make no notebook in it. Ask its owner.',
  },
  'above-clearance': { status: 403, text: 'You may not classify a document above your own clearance.' },
  'not-your-document': {
    status: 403,
    text: 'Only who added a document, or the workspace’s owner, can take it out of the library.',
  },
  'not-your-artefact': { status: 403, text: 'Only who saved an artefact can do this to it. Ask them.' },
  'not-declassifier': {
    status: 403,
    text: 'Lowering a classification needs a grant to declassify in this workspace. Ask its owner.',
  },
  'not-your-table': {
    status: 403,
    text: 'Only who made a table can do this to it. The workspace’s owner can change the rules of every table.',
  },
  'label-unseen': {
    status: 403,
    text: 'Who lowers a classification has to see what it is of, unmasked. Ask somebody who does.',
  },
  'label-above': { status: 403, text: 'You may not classify anything above your own clearance.' },
  'label-below': { status: 403, text: 'Nothing in this workspace may count less than the workspace itself does.' },
  'wrong-origin': { status: 403, text: 'This request came from another site and was refused.' },
  'not-offered': { status: 403, text: 'This part of marimo is switched off here.' },
  'read-only-view': { status: 403, text: 'You are looking at a read-only view, which cannot do this.' },
  'use-the-shell': { status: 403, text: 'Use the menus around the notebook for this.' },
  'bad-command': {
    status: 403,
    text: 'The notebook sent a command that this server does not understand. Reload the page and try again.',
  },
  'not-found': { status: 404, text: 'There is nothing here, or not for you.' },
  'artefact-lost': { status: 500, text: 'The file of this artefact is not as it was saved. Quote the id {id} to the operator.' },
  'not-a-member': { status: 422, text: 'A notebook can be shared with other members of this workspace only.' },
  'share-over': { status: 422, text: 'The last day is over already. Choose a later one.' },
  'name-taken': { status: 409, text: 'You already have a notebook with this name. Choose another one.' },
  occupied: {
    status: 409,
    text: '{who} is signed in; this machine serves one person at a time because kernels are not isolated.',
  },
  'stale-edit': {
    status: 409,
    text: 'Somebody has changed this since you opened it. Nothing of yours was applied: look at the newest, then change it again.',
  },
  'policy-faults': { status: 422, text: 'These rules do not fit the table: {faults}.' },
  'no-such-model': {
    status: 422,
    text: 'The operator has not set up this model. Choose one of those that are offered.',
  },
  'unusable-model': { status: 422, text: 'This file cannot be a model here: {why}. Nothing was kept of it.' },
  'model-misfit': { status: 422, text: 'The file does not fit what is said of it: {why}.' },
  'model-file-gone': {
    status: 409,
    text: 'The file that this is about is not here any more: without a model it is kept for an hour. Choose it again.',
  },
  'model-of-operator': {
    status: 409,
    text: 'The operator has set up a model of this name, which cannot be changed here. Choose another name.',
  },
  'too-many-models': { status: 409, text: 'A workspace may have {limit} models. Take one away first.' },
  'request-known': {
    status: 409,
    text: 'You have asked for this table already. While nobody has answered you can take it back and ask in other words; a refusal stands until the rules of the table change.',
  },
  'request-ended': { status: 409, text: 'This request was answered or taken back meanwhile. Nothing was changed.' },
  'request-unmet': { status: 422, text: '{why} Under these rules {who} could still not read the table.' },
  'in-trash': { status: 409, text: 'This notebook is in the trash. Restore it first.' },
  'being-edited': { status: 409, text: '{who} is editing this notebook. Ask to take over first.' },
  'already-asked': { status: 409, text: 'Somebody has asked to take over already. Try again in a few seconds.' },
  'nobody-editing': { status: 409, text: 'Nobody is editing this notebook now. Open it again to edit.' },
  'not-asked': { status: 409, text: 'Nobody is asking to take over this notebook any more.' },
  'kept-below': {
    status: 409,
    text: 'The newest version of this notebook counts above your clearance, so your changes were kept as a draft.',
  },
  'not-the-editor': { status: 409, text: 'Somebody else is editing now. Your changes were kept as a draft.' },
  'no-longer-editor': {
    status: 409,
    text: 'This notebook is shared with you to read now, no longer to edit. Your changes were kept as a draft.',
  },
  'source-too-big': {
    status: 413,
    text: 'The notebook is larger than the limit of {limit} of source. Split it, or move data into files.',
  },
  'file-too-big': { status: 413, text: 'The file is larger than the limit of {limit}.' },
  'files-full': { status: 413, text: 'The files of one notebook may take {limit} together. Delete some first.' },
  'author-full': {
    status: 413,
    text: 'Notebooks, versions and files of one author may take {limit} together, the trash included. Delete files first, or ask the operator.',
  },
  'too-many-notebooks': {
    status: 413,
    text: 'One author may have {limit} notebooks, the trash included. What is in the trash is removed for good after 30 days.',
  },
  'text-too-long': { status: 413, text: 'The text of the document is longer than the limit of {limit}. Split it.' },
  'library-full': { status: 413, text: 'The library may hold {limit}. Take some documents out first.' },
  'disk-full': {
    status: 507,
    text: 'The disk of the server is nearly full: less than {limit} would be left. What you edit is still saved; tell the operator.',
  },
  'too-big': { status: 413, text: 'The request is larger than the limit of {limit}.' },
  'broken-source': {
    status: 422,
    text: 'What was to be saved is not a whole notebook, so it was not stored. The last saved version is intact.',
  },
  'unreadable-pdf': { status: 422, text: 'The PDF could not be read: {reason}. Add it as text or Markdown instead.' },
  'no-text': { status: 422, text: 'No text was found in the document. A PDF of scanned pages has to be made searchable first.' },
  'wrong-host': { status: 421, text: 'This server does not answer to that name. Open {origin}.' },
  'too-many-requests': { status: 429, text: 'Too many requests in a short time. Wait {seconds} seconds.' },
  'too-many-asked': {
    status: 429,
    text: 'You may have {open} requests open, and make {made} in a day. Wait for the answers, or take some back.',
  },
  'too-many-kernels': { status: 429, text: 'You have {limit} kernels running, which is the limit. Shut one down first.' },
  internal: { status: 500, text: 'Something failed on the server. Quote the id {id} to its operator.' },
  'runner-absent': { status: 503, text: 'The kernel runner is not there, so no notebook can start now. Try again in a moment.' },
  'files-wait': {
    status: 503,
    text: 'It is not known who has this notebook open, since the kernel runner is not there, so no file can be put beside it now. Try again in a moment.',
  },
  'machine-full': { status: 503, text: '{reason}' },
  'single-person': { status: 409, text: '{reason}' },
  'zygote-down': { status: 503, text: '{reason}' },
  'kernel-refused': {
    status: 503,
    text: 'The kernel runner did not take this kernel. Try again; if it goes on, quote the id {id}.',
  },
} as const satisfies Record<string, { status: number; text: string }>
export type ErrorCode = keyof typeof ERRORS

type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Exclude<Name, 'id'> | Names<Rest> : never
type Values<C extends ErrorCode> = Record<Names<(typeof ERRORS)[C]['text']>, string | number>
type Given<C extends ErrorCode> = Names<(typeof ERRORS)[C]['text']> extends never ? [] : [values: Values<C>]

/** Thrown by handlers; a refusal is an answer, so it has no stack worth reading. */
export class Refused extends Error {
  readonly code: ErrorCode
  readonly refusal: Refusal
  constructor(refusal: Refusal & { code: ErrorCode }) {
    super(refusal.message)
    this.code = refusal.code
    this.refusal = refusal
  }
  get status(): number {
    return ERRORS[this.code].status
  }
}

export function refusal<C extends ErrorCode>(code: C, ...given: Given<C>): Refusal & { code: ErrorCode } {
  const id = mint('e')
  const values: Record<string, string | number> = { ...given[0], id }
  return { code, message: ERRORS[code].text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])), id }
}

export const refuse = <C extends ErrorCode>(code: C, ...given: Given<C>): Refused => new Refused(refusal(code, ...given))
