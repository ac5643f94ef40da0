import t from 'tap'
import type { Fact } from '../../events/catalogue.js'
import { amountText, parseMinor } from '../../src/ledger/money.js'
import { actor } from '../support/actors.js'
import { idOf } from '../support/books.js'
import { decided, of, opened, recharged, refunding, traded } from '../support/facts.js'
import { given, NEW_ID } from '../support/given.js'
import { casesOf, missingFile } from './published.js'

const file = 'proration/refund-cap.jsonl'
const missing = missingFile(file)

interface Case {
  readonly case: string
  readonly potentialCredit: string
  readonly paid: string
  readonly creditedBefore: string
  readonly expectedCredit: string
}

const ann = actor('ann')
const pair = ['ann', 'bob'] as const
const order = idOf(7)

const euros = (text: string): string => {
  const minor = parseMinor(text, 2)
  return typeof minor === 'bigint' ? amountText(minor, 'EUR') : minor
}

/** An order of which so much is refunded already. */
const historyOf = ({ paid, creditedBefore }: Case): readonly Fact[] => {
  const facts = of(7, 3, pair)
  const before = euros(creditedBefore)
  const first = [opened('ann'), opened('bob'), recharged('ann', '500.00'), traded(pair, euros(paid), 7)]
  const refunded = [refunding(8, facts, before), decided('RefundApproved', [8, 4], facts, before)]
  return creditedBefore === '0' ? first : [...first, ...refunded]
}

/** What cannot come to be here: no order is of nothing, and none is refunded past its amount. */
const impossible = ['previous_credits_exceed_original', 'zero_original_amount']

t.test('in CI the published cases are there', { skip: !process.env.CI }, async (t) => {
  t.notOk(missing, `${missing}`)
})

t.test(
  'an order is never refunded past what was paid: more is refused, where others give less than asked',
  { skip: missing },
  async (t) => {
    const rows = casesOf<Case>(file)
    t.equal(rows.length, 8)
    const refused: Record<string, string> = {}
    for (const row of rows) {
      const { case: name, potentialCredit, expectedCredit } = row
      if (impossible.includes(name)) continue
      const books = given(...historyOf(row))
      const ask = { order, again: true }
      const { decision } = books.when('request-refund', { ...ask, amount: potentialCredit }, ann)
      const requested = (amount: string) => ({ kind: 'facts', facts: [{ data: { refund: NEW_ID, amount } }] })
      if (potentialCredit === expectedCredit && expectedCredit !== '0')
        t.match(decision, requested(euros(expectedCredit)), name)
      else if (decision.kind === 'refused') refused[name] = decision.refusal.code
      if (refused[name] !== 'refund_exceeds_order') continue
      const rest = books.when('request-refund', ask, ann)
      if (expectedCredit === '0') rest.refused(t, 'refund_exceeds_order')
      else t.match(rest.decision, requested(euros(expectedCredit)), `${name}: all that is left`)
    }
    t.same(refused, {
      credit_exceeds_original: 'refund_exceeds_order',
      previous_credits_limit: 'refund_exceeds_order',
      no_credit_available: 'refund_exceeds_order',
      negative_potential_credit: 'amount_not_positive',
      zero_potential_credit: 'amount_not_positive',
    })
  },
)
