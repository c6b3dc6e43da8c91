// The store seam over node:sqlite. Every method is synchronous inside, one transaction each; the async face is the seam's.
import type { DatabaseSync } from 'node:sqlite'
import type { Store } from '../seams/store.ts'
import { allowance } from './allowance.ts'
import { artefacts } from './artefacts.ts'
import { audit } from './audit.ts'
import { lockState, openDatabase } from './database.ts'
import { governance } from './governance.ts'
import { knowledge } from './knowledge.ts'
import { made } from './made.ts'
import { notebooks } from './notebooks.ts'
import { drafts, preferences, sessions } from './people.ts'
import { requests } from './requests.ts'
import { tabs } from './tabs.ts'
import { trust } from './trust.ts'
import { uploads } from './uploads.ts'
import { versions } from './versions.ts'

export function openStore(home: string): Store {
  const lock = lockState(home)
  const database = open(home, lock)
  const mark = database.prepare('INSERT INTO done (what, at) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const marked = database.prepare('SELECT 1 FROM done WHERE what = ?')
  const library = knowledge(database)
  return {
    notebooks: notebooks(database),
    versions: versions(database),
    drafts: drafts(database),
    sessions: sessions(database),
    tabs: tabs(database),
    trust: trust(database),
    uploads: uploads(database),
    preferences: preferences(database),
    governance: governance(database),
    audit: audit(database),
    allowance: allowance(database),
    knowledge: library,
    artefacts: artefacts(database),
    made: made(database),
    requests: requests(database),
    done: async (what) => marked.get(what) !== undefined,
    markDone: async (what, at) => void mark.run(what, at),
    close: async () => {
      await library.close()
      database.close()
      lock.close()
    },
  }
}

function open(home: string, lock: DatabaseSync): DatabaseSync {
  try {
    return openDatabase(home)
  } catch (error) {
    lock.close()
    throw error
  }
}
