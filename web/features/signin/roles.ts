const LINES: Readonly<Record<string, string>> = {
  Owner: 'Owns the workspace and the example notebooks',
  Analyst: 'A member: makes notebooks, edits what is shared',
  Colleague: 'A second member, for working together',
  Auditor: 'Sees names and the audit trail, never the data',
  Outsider: 'Not a member: sees nothing of the workspace',
}

/** One line on what the demo account of this name may do. */
export const roleLine = (name: string): string => LINES[name] ?? 'A person of this workspace'
