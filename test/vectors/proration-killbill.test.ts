import t from 'tap'
import { daysBetween, firstPeriod } from '../../src/ledger/calendar.js'
import { amountText, parseMinor } from '../../src/ledger/money.js'
import { quoteItem } from '../../src/ledger/proration.js'
import { partOf } from '../../src/ledger/rate.js'
import { casesOf, missingFile } from './published.js'

const changed = 'proration/killbill-plan-changes.jsonl'
const missing = missingFile(changed)

const minor = (text: string): bigint => {
  const found = parseMinor(text, 2)
  if (typeof found !== 'bigint') throw new Error(`${text} is no amount`)
  return found
}

const text = (amount: bigint): string => amountText(amount, 'USD')

t.test('in CI the published cases are there', { skip: !process.env.CI }, async (t) => {
  t.notOk(missing, `${missing}`)
})

interface Change {
  readonly case: string
  readonly periodStart: string
  readonly periodEnd: string
  readonly changeDate: string
  readonly daysTotal: number
  readonly daysRemaining: number
  readonly oldPrice: string
  readonly expectedCredit: string
  readonly expectedCharge?: string
  readonly newPrice?: string
  readonly newPeriodMonths?: number
  readonly newChargeFrom?: string
  readonly newChargeUntil?: string
  readonly newDaysTotal?: number
  readonly newDaysCharged?: number
}

t.test('Kill Bill: what is given back at a change of plan', { skip: missing }, async (t) => {
  const rows = casesOf<Change>(changed)
  t.equal(rows.length, 19)
  let charged = 0
  for (const { case: name, ...row } of rows) {
    t.equal(daysBetween(row.changeDate, row.periodEnd), row.daysRemaining, name)
    t.equal(daysBetween(row.periodStart, row.periodEnd), row.daysTotal, name)
    t.equal(text(partOf(minor(row.oldPrice), row.daysRemaining, row.daysTotal)), row.expectedCredit, name)
    const { newPrice, newDaysCharged, newDaysTotal } = row
    if (newPrice === undefined || newDaysCharged === undefined || newDaysTotal === undefined) continue
    charged += 1
    t.equal(text(partOf(minor(newPrice), newDaysCharged, newDaysTotal)), row.expectedCharge, name)
  }
  t.equal(charged, 4)
})

/** The changes whose new price is known, as they are quoted here: prorate, payable, the end of the period. */
const changes: Readonly<Record<string, readonly [string, string, string, string]>> = {
  'TestCatalogWithDryRun.testDryRunWithChangePlanWithOverridesOnSamePlan': [
    '7.72',
    '0.00',
    '2020-11-01',
    'a downgrade, which waits for the end of the period; Kill Bill gives 11.62 back',
  ],
  'TestIntegrationWithDifferentBillingPeriods.testChangeMonthlyToAnnual': [
    '2399.95',
    '2238.69',
    '2013-05-12',
    'a year begins on the day of the change; Kill Bill keeps the billing day, 2327.62 for 354 days',
  ],
  'TestIntegrationWithDifferentBillingPeriods.testChangeMonthlyToAnnualWithDifferentBCD': [
    '2399.95',
    '2327.38',
    '2017-08-01',
    'as Kill Bill',
  ],
  'TestOverdueIntegration.testOverdueStagesFollowedWithImmediateChange2': [
    '599.95',
    '0.00',
    '2013-05-31',
    'a downgrade',
  ],
  'TestSubscription.testForcePolicy': [
    '249.95',
    '0.00',
    '2013-05-01',
    'a downgrade; Kill Bill charges up to the billing day',
  ],
}

t.test('Kill Bill: the new plan, and where the rule is another one', { skip: missing }, async (t) => {
  const rows = casesOf<Change>(changed).filter(({ newPrice }) => newPrice !== undefined)
  const quarterly = 'TestIntegrationWithDifferentBillingPeriods.testChangeMonthlyToQuarterly'
  t.same(
    rows.map((row) => row.case).filter((name) => !(name in changes)),
    [quarterly],
    'left out: no plan here runs by quarters',
  )
  for (const row of rows) {
    const expected = changes[row.case]
    if (expected === undefined) continue
    const [prorate, payable, end, reason] = expected
    const unit = row.daysTotal > 31 ? 'year' : 'month'
    const months = daysBetween(row.newChargeFrom ?? '', row.newChargeUntil ?? '') > 31 ? 'year' : 'month'
    const quote = quoteItem({
      today: row.changeDate,
      running: { period: firstPeriod(row.periodStart, unit, 'UTC'), charged: minor(row.oldPrice) },
      newPlan: { price: minor(row.newPrice ?? ''), unit: months },
      addons: [],
      promocode: null,
      tax: null,
      currency: 'USD',
      zone: 'UTC',
    })
    t.equal(text(quote.rebate), row.expectedCredit, row.case)
    t.same(
      [text(quote.prorate), text(quote.payable), quote.period.end],
      [prorate, payable, end],
      `${row.case}: ${reason}`,
    )
  }
})

interface PublishedLine {
  readonly case: string
  readonly from: string
  readonly until: string
  readonly days: number
  readonly daysTotal: number
  readonly price: string
  readonly expected: string
}

t.test('Kill Bill: lines by days', { skip: missing }, async (t) => {
  const rows = casesOf<PublishedLine>('proration/killbill-lines.jsonl')
  t.equal(rows.length, 9)
  for (const { case: name, from, until, days, daysTotal, price, expected } of rows) {
    t.equal(daysBetween(from, until), days, name)
    t.equal(partOf(minor(price), days, daysTotal), minor(expected), name)
  }
})
