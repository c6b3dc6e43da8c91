/** What signs in elsewhere, and the one program that has a use for it. */
const ONLY = new Map([
  ['CORTEX_KEY', 'gateway'],
  ['INFERENCE_KEY', 'gateway'],
  ['EMBEDDINGS_KEY', 'gateway'],
  ['SCRYDON_TABLES', 'data-plane'],
  ['SCRYDON_TABLES_OWNER', 'data-plane'],
  ['PGPASSWORD', 'data-plane'],
  ['PGPASSFILE', 'data-plane'],
])

/** What a program is told of the environment. */
export const told = (program, environment) =>
  Object.fromEntries(Object.entries(environment).filter(([variable]) => (ONLY.get(variable) ?? program) === program))
