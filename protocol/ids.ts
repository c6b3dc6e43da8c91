// Identifiers on the wire. Each is opaque, URL-safe and minted by one side only (named below).
import * as z from 'zod/mini'

const opaque = (prefix: string) => z.string().check(z.regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{8,40}$`)))

export const PersonId = opaque('p') // gateway
export const NotebookId = opaque('n') // gateway
export const VersionId = opaque('v') // gateway
export const KernelId = opaque('k') // gateway; the runner only echoes it
export const TabId = opaque('t') // gateway, at the first hello of a browser tab
export const DocumentId = opaque('d') // gateway, of the library
export const ArtefactId = opaque('a') // gateway
export const RequestId = opaque('r') // gateway, of a person to the owner of a table
export const ErrorId = opaque('e') // whoever refuses: the id a user can quote, found again in the log

export type PersonId = z.infer<typeof PersonId>
export type NotebookId = z.infer<typeof NotebookId>
export type VersionId = z.infer<typeof VersionId>
export type KernelId = z.infer<typeof KernelId>
export type TabId = z.infer<typeof TabId>
export type DocumentId = z.infer<typeof DocumentId>
export type ArtefactId = z.infer<typeof ArtefactId>
export type RequestId = z.infer<typeof RequestId>
export type ErrorId = z.infer<typeof ErrorId>
