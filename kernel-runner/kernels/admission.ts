// May this kernel start now? Pure: what runs and what the machine has free come in as values.
import { KERNEL } from '#protocol/limits.ts'
import type { KernelSpec, RunnerRefusal } from '#protocol/runner.ts'
import { sizeText as size } from '#protocol/size.ts'
import { START } from '../bounds.ts'

export type Host = {
  readonly available: number // bytes of memory that can be had without swapping
  readonly level: number
  readonly shared: boolean // the operator accepts kernels of several people without isolation
}

export function admit(spec: KernelSpec, alive: readonly KernelSpec[], queued: number, host: Host): RunnerRefusal | null {
  if (alive.some(({ id }) => id === spec.id)) return { code: 'exists', message: 'This kernel is already running.' }
  const others = new Set(alive.map(({ person }) => person).filter((person) => person !== spec.person))
  if (others.size > 0 && host.level < 2 && !host.shared) return { code: 'single-person', message: SINGLE_PERSON }
  const own = alive.filter(({ person }) => person === spec.person).length
  if (own >= KERNEL.perPerson) return { code: 'machine-full', message: tooMany(own) }
  if (host.available < KERNEL.reserve)
    return { code: 'machine-full', message: full(host.available, alive.length, own, others.size) }
  if (queued >= START.waiting) return { code: 'machine-full', message: crowded(queued) }
  return null
}

const SINGLE_PERSON =
  'This machine cannot keep the kernels of several people apart, so only one person at a time may run notebooks. Somebody else’s kernel is running; try again when it has stopped.'

function tooMany(own: number): string {
  return `You have ${own} kernels running, which is the limit for one person. Shut one down, then open this notebook again.`
}

function full(available: number, running: number, own: number, others: number): string {
  const whose = others === 0 ? 'all of them yours' : `${own} of them yours`
  const wait = own > 0 ? 'Shut one of yours down' : 'You wait until one of them has stopped'
  return `The machine is full: ${size(available)} of memory is free and ${size(KERNEL.reserve)} must stay free. ${running} kernels run, ${whose}. ${wait}, then try again.`
}

function crowded(queued: number): string {
  return `The machine is full: ${queued} kernels are waiting to start, and you would wait behind them. Try again in a minute.`
}
