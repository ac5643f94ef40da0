import t from 'tap'
import { postings } from '../../src/ledger/postings.js'
import { TrialBalance } from '../../src/reports/trial-balance.js'
import { Script, uuid } from '../contract/events.js'

t.test('each account of the chart has its debits and credits, and the books balance', async (t) => {
  const script = new Script()
  const own = { account: 'ann', method: 'bank', transfer: uuid(1) }
  script.add('ann', { type: 'Recharged', data: { ...own, amount: '10.00', currency: 'USD' } })
  script.add('ann', { type: 'Withdrawn', data: { ...own, amount: '4.00', currency: 'USD' } })
  script.add('eva', { type: 'Recharged', data: { ...own, account: 'eva', amount: '7', currency: 'JPY' } })
  script.add('ann', {
    type: 'Traded',
    data: { order: uuid(2), buyer: 'ann', seller: 'bob', amount: '1.00', currency: 'USD' },
  })
  const trial = new TrialBalance()
  for (const event of script.events) trial.add(postings(event))
  t.same(trial.lines(), [
    { account: 'assets:clearing:bank', currency: 'JPY', debit: 7n, credit: 0n },
    { account: 'liabilities:wallet:eva', currency: 'JPY', debit: 0n, credit: 7n },
    { account: 'assets:clearing:bank', currency: 'USD', debit: 1000n, credit: 400n },
    { account: 'liabilities:wallet:ann', currency: 'USD', debit: 500n, credit: 1000n },
    { account: 'liabilities:wallet:bob', currency: 'USD', debit: 0n, credit: 100n },
  ])
  t.same(trial.imbalances(), [])
})

t.test('a currency whose postings do not sum to zero is named', async (t) => {
  const trial = new TrialBalance()
  trial.add([
    { kind: 'a', name: '', currency: 'USD', amount: 5n },
    { kind: 'b', name: 'x', currency: 'USD', amount: -3n },
    { kind: 'a', name: '', currency: 'EUR', amount: 1n },
    { kind: 'b', name: 'x', currency: 'EUR', amount: -1n },
  ])
  t.same(trial.imbalances(), [{ currency: 'USD', difference: 2n }])
})
