// Figures for Prometheus: counts and times by route pattern, code and phase; never a name, an id or a value.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { CAUSES } from '#protocol/runner.ts'
import type { CommandRefused } from '../kernels/command.ts'
import type { Events } from '../seams/events.ts'
import type { Kernels } from '../seams/kernels.ts'

export type Metrics = {
  readonly registry: Registry
  request(route: string, status: number, seconds: number): void
  refused(code: string): void
  commandRefused(command: CommandRefused): void
}

export function makeMetrics(kernels: Kernels, events: Events): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'scrydon_gateway_' })
  const requests = new Histogram({
    name: 'scrydon_http_seconds',
    help: 'Time to answer a request, by route and status',
    labelNames: ['route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  const refusals = counter(registry, 'scrydon_refusals_total', 'Refusals by code', ['code'])
  const commands = counter(registry, 'scrydon_commands_refused_total', 'Commands to kernels refused, by mode, code and route', [
    'mode',
    'code',
    'route',
  ])
  const saves = counter(registry, 'scrydon_saves_total', 'Saves by outcome', ['outcome'])
  events.subscribe(({ event }) => {
    if (event.type === 'saved' || event.type === 'save-refused') saves.inc({ outcome: event.type })
  })
  countKernels(registry, kernels)
  return {
    registry,
    request: (route, status, seconds) => requests.observe({ route, status: String(status) }, seconds),
    refused: (code) => refusals.inc({ code }),
    commandRefused: ({ mode, code, route }) => commands.inc({ mode, code, route }),
  }
}

const counter = (registry: Registry, name: string, help: string, labelNames: string[]) =>
  new Counter({ name, help, labelNames, registers: [registry] })

function countKernels(registry: Registry, kernels: Kernels): void {
  new Gauge({
    name: 'scrydon_kernels',
    help: 'Kernels by mode and phase',
    labelNames: ['mode', 'phase'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { spec, phase } of kernels.list()) this.inc({ mode: spec.mode, phase: phase.phase })
    },
  })
  const deaths = counter(registry, 'scrydon_kernel_exits_total', 'Kernels ended, by cause', ['cause'])
  for (const cause of CAUSES) deaths.inc({ cause }, 0)
  kernels.subscribe(({ event }) => {
    if (event.type === 'phase' && event.phase.phase === 'exited') deaths.inc({ cause: event.phase.cause })
  })
}
