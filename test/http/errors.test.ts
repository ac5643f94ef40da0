import { readFileSync } from 'node:fs'
import t from 'tap'
import { type ErrorCode, errorCatalogue, RequestRefused } from '../../src/http/errors.js'
import { isGrave, refusedBy } from '../../src/http/faults.js'
import {
  SecretsFailed,
  SecretsFull,
  SecretsUnreachable,
  SecretTaken,
  SecretUnreadable,
} from '../../src/secrets/port.js'
import { StoreDamaged, StoreUnreachable, Undecodable } from '../../src/store/errors.js'
import type { RecordedEvent } from '../../src/store/port.js'
import { ViewsUnreachable } from '../../src/views/port.js'
import { errorsDocument } from './errors-document.js'

t.test('the document and the catalogue say the same, line for line', async (t) => {
  t.equal(readFileSync('docs/errors.md', 'utf8'), errorsDocument(), 'else: node dist/test/http/errors-document.js')
})

t.test('numbers are unique and never 0, statuses are those of errors', async (t) => {
  const entries = Object.values(errorCatalogue)
  t.equal(new Set(entries.map(({ number }) => number)).size, entries.length)
  for (const { number, status, meaning, next } of entries) {
    t.ok(number > 0 && status >= 400 && status < 600)
    t.match(meaning, /\.$/)
    t.match(next, /\.$/)
  }
})

t.test('the statuses that clients rely on', async (t) => {
  const statuses: Partial<Record<ErrorCode, number>> = {
    insufficient_funds: 402,
    forbidden: 403,
    unauthorized: 401,
    account_not_found: 404,
    order_not_found: 404,
    refund_not_found: 404,
    recharge_not_found: 404,
    invalid_amount: 400,
    too_many_decimals: 422,
    wrong_currency: 422,
    amount_not_positive: 422,
    idempotency_key_reused: 422,
    account_frozen: 409,
    account_exists: 409,
    disk_full: 503,
    outcome_unknown: 503,
  }
  for (const [code, status] of Object.entries(statuses)) {
    t.equal(Object.entries(errorCatalogue).find(([name]) => name === code)?.[1].status, status, code)
  }
})

t.test('a store that is away is no fault of ours, whatever is wrong with it', async (t) => {
  const { store_unreachable, views_unreachable, secrets_unreachable, secret_unreadable } = errorCatalogue
  const denied = Object.assign(new Error('bad password'), { code: 'views_denied' })
  t.match(refusedBy(new StoreUnreachable('x')), { code: 'store_unreachable', detail: store_unreachable.meaning })
  t.match(refusedBy(new ViewsUnreachable('x')), { code: 'views_unreachable', detail: views_unreachable.meaning })
  t.match(refusedBy(denied), { code: 'views_unreachable', detail: views_unreachable.meaning })
  for (const error of [new SecretsUnreachable('x'), new SecretsFull('x'), new SecretsFailed('x')])
    t.match(refusedBy(error), { code: 'secrets_unreachable', detail: secrets_unreachable.meaning })
  t.match(refusedBy(new SecretUnreadable('x')), { code: 'secret_unreadable', detail: secret_unreadable.meaning })
  t.equal(refusedBy(new SecretTaken('x')), null, 'a mistake of ours')
})

const unknown: RecordedEvent = {
  id: 'x',
  type: 'Unknown.v1',
  data: '{}',
  metadata: '{}',
  stream: 'account-alice',
  revision: 3,
  position: 9,
}

t.test('what is wrong with the log itself is said as it is, and is for the operator', async (t) => {
  for (const error of [new StoreDamaged('an event is gone'), new Undecodable(unknown, 'no such type')]) {
    const refused = refusedBy(error)
    t.match(refused, { code: error.code, detail: error.message })
    t.equal(refused !== null && isGrave(refused), true)
  }
  t.equal(isGrave({ code: 'store_unreachable', detail: '' }), false)
})

t.test('a refusal without particulars says what its entry says', async (t) => {
  t.equal(new RequestRefused('not_found').message, errorCatalogue.not_found.meaning)
})
