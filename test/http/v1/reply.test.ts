import t from 'tap'
import type { LedgerEvent } from '../../../events/envelope.js'
import { eventReply } from '../../../src/http/v1/reply.js'

const metadata = {
  recordedAt: '2026-01-01T00:00:00.000Z',
  actor: 'ann',
  correlationId: 'c',
  causationId: '00000000-0000-8000-8000-000000000000',
}
const place = { id: metadata.causationId, stream: 'account-ann', revision: 1, leaf: 7, metadata }
const order = '00000000-0000-8000-8000-000000000001'
const done = (event: LedgerEvent) => ({ kind: 'done', event, replayed: false, standing: null }) as const

t.test('a reply is the same, byte for byte, whether its event was decided just now or read from the log', async (t) => {
  const data = { order, buyer: 'ann', seller: 'shop', amount: '1.00', currency: 'EUR' }
  const stored = { amount: '1.00', buyer: 'ann', currency: 'EUR', order, seller: 'shop' }
  const decided = eventReply(done({ ...place, type: 'Traded', data }))
  t.equal(decided, eventReply(done({ ...place, type: 'Traded', data: stored })))
  const line = { item: 0, plan: 'p', kind: 'charge', amount: '1.00' } as const
  const refund = { refund: order, order, orderLeaf: 3, account: 'ann', amount: '1.00', currency: 'EUR' }
  const [inside, sorted] = [[line], [Object.fromEntries(Object.entries(line).sort()) as typeof line]].map((lines) =>
    eventReply(done({ ...place, type: 'PurchaseRefunded', data: { ...refund, lines } })),
  )
  t.equal(inside, sorted, 'inside of it too')
  t.match(decided, /"leaf":7.*"amount":"1.00","buyer":"ann"/)
})
