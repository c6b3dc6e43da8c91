// Every REST call: what the server routes. The shell's page loads the second part only with the pages that ask for it.
import { ACCESS_API } from './access.ts'
import { API } from './api.ts'
import { ARTEFACTS_API } from './artefacts.ts'
import { MANAGED_API } from './managed.ts'
import { MODELS_API } from './models.ts'
import { RELEASES_API } from './releases.ts'
import { SHARES_API } from './shares.ts'
import { SIGHT_API } from './sight.ts'

export const CALLS = {
  ...API,
  ...MANAGED_API,
  ...ACCESS_API,
  ...ARTEFACTS_API,
  ...MODELS_API,
  ...SIGHT_API,
  ...SHARES_API,
  ...RELEASES_API,
} as const
export type Call = keyof typeof CALLS
