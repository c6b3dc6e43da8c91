// What the library in a kernel is told when it may not: a stable code and one sentence, with whom to ask. {x} is a name or a count,
// never a value of data. What is hidden and what there is not are told alike.
export const REFUSALS = {
  'table-absent': 'There is no table “{table}” for you. Ask {contact} if there should be.',
  'table-ungranted': 'You may not read “{table}”. Ask {owner}, who owns it, for a grant.',
  'table-clearance': '“{table}” is classified above your clearance. Ask {owner}, who owns it.',
  'table-policy': 'A rule of “{table}” cannot be judged for you, so it stays closed. Ask {owner}, who owns it.',
  'column-absent': '“{table}” has no column “{column}” for you.',
  'bad-question': 'This cannot be asked of “{table}”: {detail}.',
  'too-large':
    '“{table}” would give {rows} rows; a read without a limit may give {limit}. Name fewer columns, narrow it with where, or set limit.',
  'not-a-call': 'This version of the library asks for something that this server does not offer.',
  'not-here': 'Managed tables are not available in this kernel: kernels are not isolated on this machine.',
  unavailable: 'Managed tables cannot be reached at the moment. Try again in a few seconds.',
} as const

export type RefusalCode = keyof typeof REFUSALS
export type Filling = Readonly<Record<string, string>>

export const sentence = (code: RefusalCode, filling: Filling): string =>
  REFUSALS[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => filling[name] ?? '')
