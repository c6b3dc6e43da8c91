// How the parts of the page reach the server: one context, made once in app.tsx.
import { createContext, useContext } from 'solid-js'
import { type Deed, MAY } from '#protocol/standings.ts'
import type { Api } from './api.ts'
import type { People } from './person.ts'

export const PeopleContext = createContext<People>()

export function usePeople(): People {
  const people = useContext(PeopleContext)
  if (!people) throw new Error('usePeople outside PeopleContext')
  return people
}

export const useApi = (): Api => usePeople().api

/** What of managed data this person may do in the shell. The server decides again. */
export function useMay(): (deed: Deed) => boolean {
  const people = usePeople()
  return (deed) => {
    const who = people.who()
    return who.state === 'signed-in' && MAY[who.standing][deed]
  }
}

/** May this person make notebooks here? Who is not a member of the workspace may not. */
export function useMember(): () => boolean {
  const people = usePeople()
  return () => {
    const who = people.who()
    return who.state === 'signed-in' && who.member
  }
}
