// Versions that count as more than others are cleared for: who is cleared for what, and a kernel that has read much.
import type { Label } from '#protocol/policy/label.ts'
import type { Client } from '../../testing.ts'
import { clock, gateway, openBody, SOURCE } from './browser.ts'

export const INTERNAL: Label = { level: 'internal', markings: [] }
export const PERSONAL: Label = { level: 'confidential', markings: ['PERSONAL'] }
export const HIGH = 'k_highkernel'
export const SAVED = `${SOURCE}value = 4711\n`

export const edit = () => ({ by: 'p_demo-owner', at: clock.now, reason: 'a test' })
export const governance = () => gateway.deps.desk.store.governance
export const clear = (person: string, clearance: Label) =>
  governance().setSubject(`p_demo-${person}`, { clearance, groups: [], attributes: {} }, edit())
export const open = (who: Client, id: string, over: object = {}) => who.call(`POST /api/notebooks/${id}/open`, openBody(over))
