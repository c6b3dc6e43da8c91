// What a person is to the workspace, and what of managed data that lets them do in the shell. A total table: a new deed or
// standing does not compile until somebody decides.

/** `none`: signed in, and a stranger here: everything answers as if it were not there. */
export const STANDINGS = ['owner', 'member', 'auditor', 'none'] as const
export type Standing = (typeof STANDINGS)[number]

export const DEEDS = [
  'see tables',
  'ask models',
  'see artefacts',
  'remove artefacts',
  'govern',
  'audit own',
  'audit all',
] as const
/**
 * `see artefacts`: one's own, and what others released. `remove artefacts`: those of others that one sees. `govern`: members, grants,
 * policies, models; also what a policy makes somebody see, without a row. `audit own`: of what one did oneself.
 */
export type Deed = (typeof DEEDS)[number]

/**
 * Whoever owns a table is asked for it and changes none of its rules: those are the workspace owner's (decision 15). To release or classify
 * what one made, and to declassify, are no standing's: server/policy/release.ts and relabel.ts decide them (decision 24).
 */
export const MAY: Record<Standing, Record<Deed, boolean>> = {
  owner: {
    'see tables': true,
    'ask models': true,
    'see artefacts': true,
    'remove artefacts': true,
    govern: true,
    'audit own': true,
    'audit all': false,
  },
  member: {
    'see tables': true,
    'ask models': true,
    'see artefacts': true,
    'remove artefacts': false,
    govern: false,
    'audit own': true,
    'audit all': false,
  },
  auditor: {
    'see tables': false,
    'ask models': true,
    'see artefacts': false,
    'remove artefacts': false,
    govern: false,
    'audit own': true,
    'audit all': true,
  },
  none: {
    'see tables': false,
    'ask models': false,
    'see artefacts': false,
    'remove artefacts': false,
    govern: false,
    'audit own': false,
    'audit all': false,
  },
}
