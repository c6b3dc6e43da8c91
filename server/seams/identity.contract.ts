// What every identity must do.
import { describe, expect, test } from 'vitest'
import { PersonId } from '#protocol/ids.ts'
import { STANDINGS } from '#protocol/standings.ts'
import type { Identity } from './identity.ts'

export function identityContract(identity: Identity): void {
  describe('an identity', () => {
    test('every account it offers is found, under an id of its own', () => {
      const accounts = identity.accounts()
      expect(new Set(accounts.map((account) => account.id)).size).toBe(accounts.length)
      for (const account of accounts) {
        expect(PersonId.parse(account.id)).toBe(account.id)
        expect(STANDINGS).toContain(account.standing)
        expect(identity.find(account.id)).toEqual(account)
      }
    })

    test('a stranger is nobody', () => {
      for (const id of ['p_stranger-00', '__proto__', '']) expect(identity.find(id)).toBeNull()
    })
  })
}
