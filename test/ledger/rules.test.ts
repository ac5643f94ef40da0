import t from 'tap'
import { catalogue, type Fact } from '../../events/catalogue.js'
import { actual, available, spendable } from '../../src/ledger/account.js'
import { inAccount } from '../../src/ledger/facts.js'
import { ownerOf } from '../../src/ledger/owner.js'
import { type ChartAccount, held, postings, wallet } from '../../src/ledger/postings.js'
import { fc } from '../support/fast-check.js'
import { NOW } from '../support/given.js'
import { check } from '../support/random.js'
import { anyBooks, factOf, openBooks } from '../support/random-facts.js'

const names = ['ann', 'bob', 'eve']

/** An account's share of the liabilities: a credit is negative. */
const booked = (facts: readonly Fact[], { kind, name }: ChartAccount): bigint =>
  facts.flatMap(postings).reduce((sum, leg) => (leg.kind === kind && leg.name === name ? sum - leg.amount : sum), 0n)

for (const { type } of catalogue) {
  t.test(`${type} lowers no spendable but that of its own stream’s owner, in any state`, async (t) => {
    const property = fc.property(anyBooks, factOf(type), (history, fact) => {
      const books = openBooks(history)
      const before = new Map(names.map((name) => [name, books.account(name)]))
      books.append(fact, NOW)
      return names.every((name) => {
        const [was, is] = [before.get(name), books.account(name)]
        return (
          was &&
          is &&
          ((inAccount(fact) && name === ownerOf(fact)) || (spendable(is) >= spendable(was) && is.own === was.own))
        )
      })
    })
    check(t, property, 200)
  })

  t.test(`the postings of ${type} sum to zero in its currency`, async (t) => {
    const property = fc.property(factOf(type), (fact) => {
      const legs = postings(fact)
      const balanced = legs.reduce((sum, leg) => sum + leg.amount, 0n) === 0n
      return balanced && legs.every((leg) => leg.currency === 'EUR' && leg.amount !== 0n)
    })
    check(t, property, 200)
  })
}

t.test('what the folds say of an account is what its postings sum to', async (t) => {
  const property = fc.property(anyBooks, (history) => {
    const books = openBooks(history)
    return names.every((name) => {
      const account = books.account(name)
      if (!account) return false
      const [free, bound] = [booked(history, wallet(name)), booked(history, held(name))]
      return free === available(account) && bound === account.own.held && free + bound === actual(account)
    })
  })
  check(t, property, 1000)
})
