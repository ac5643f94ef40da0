import { writeJson } from '../json.js'
import type { ReadRoute } from '../route.js'

const health: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/health',
  open: true,
  always: true,
  read: async () => ({ status: 200, body: '{"status":"alive"}' }),
}

const ready: ReadRoute = {
  kind: 'read',
  method: 'GET',
  url: '/ready',
  open: true,
  always: true,
  read: async ({ parts }) => {
    const all = await parts.ready()
    const ready = all.every((one) => one.ready)
    return { status: ready ? 200 : 503, body: writeJson({ ready, parts: all.map((one) => ({ ...one })) }) }
  },
}

export const healthRoutes: readonly ReadRoute[] = [health, ready]
