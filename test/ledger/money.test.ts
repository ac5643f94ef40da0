import t from 'tap'
import { amountText, formatMinor, fromEvent, parseMinor, signOf } from '../../src/ledger/money.js'
import { fc } from '../support/fast-check.js'
import { check } from '../support/random.js'

t.test('an amount is read as clients write it', async (t) => {
  t.equal(parseMinor('100', 2), 10000n)
  t.equal(parseMinor('100.0', 2), 10000n)
  t.equal(parseMinor('100.00', 2), 10000n)
  t.equal(parseMinor('0.10', 2), 10n)
  t.equal(parseMinor('0.1', 3), 100n)
  t.equal(parseMinor('7', 0), 7n)
  t.equal(parseMinor('-1.5', 2), -150n)
  t.equal(parseMinor('999999999999999999999999.9999', 4), 9999999999999999999999999999n)
})

t.test('a text that is no plain decimal is invalid', async (t) => {
  const bad = [
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '1.',
    '00',
    '01',
    '-',
    '--1',
    '1e5',
    '1e1000000',
    '0x10',
    '1,5',
    '1_0',
    'NaN',
  ]
  const worse = ['Infinity', '１', '1\n', '1.2.3', '-.5', '1'.repeat(25), `0.${'0'.repeat(37)}`, '9'.repeat(100_000)]
  for (const text of [...bad, ...worse]) {
    t.equal(parseMinor(text, 2), 'invalid_amount', JSON.stringify(text.slice(0, 40)))
    t.equal(signOf(text), 'invalid', JSON.stringify(text.slice(0, 40)))
  }
})

t.test('more decimals than the currency has are refused, even zeros', async (t) => {
  t.equal(parseMinor('0.001', 2), 'too_many_decimals')
  t.equal(parseMinor('1.000', 2), 'too_many_decimals')
  t.equal(parseMinor('1.0', 0), 'too_many_decimals')
  t.equal(parseMinor('1.00000', 4), 'too_many_decimals')
})

t.test('the sign is seen in the text alone', async (t) => {
  t.equal(signOf('0.01'), 'positive')
  t.equal(signOf('0.0000000001'), 'positive')
  for (const text of ['0', '0.00', '-0', '-0.0']) t.equal(signOf(text), 'zero', text)
  t.equal(signOf('-0.01'), 'negative')
  t.equal(signOf(`-${'9'.repeat(24)}.${'0'.repeat(36)}`), 'negative', 'the longest')
  t.equal(parseMinor(`-${'9'.repeat(24)}.${'0'.repeat(36)}`, 36), -(10n ** 60n - 10n ** 36n), 'the longest')
})

t.test('an amount is written with exactly the decimals of its currency', async (t) => {
  t.equal(formatMinor(0n, 2), '0.00')
  t.equal(formatMinor(5n, 2), '0.05')
  t.equal(formatMinor(-50n, 2), '-0.50')
  t.equal(formatMinor(12345n, 0), '12345')
  t.equal(formatMinor(-12345n, 3), '-12.345')
  t.equal(formatMinor(10n ** 28n, 4), `1${'0'.repeat(24)}.0000`)
  t.equal(amountText(150n, 'EUR'), '1.50')
  t.equal(amountText(150n, 'JPY'), '150')
  t.equal(amountText(150n, 'KWD'), '0.150')
  t.equal(amountText(150n, 'XAU'), '150', 'without minor units')
})

t.test('what is written is read again, whatever its size', async (t) => {
  const minor = fc.bigInt({ min: 0n, max: 10n ** 24n - 1n })
  const property = fc.property(minor, fc.constantFrom(0, 2, 3, 4), (minor, decimals) => {
    const text = formatMinor(minor, decimals)
    return parseMinor(text, decimals) === minor && fromEvent(text) === minor && formatMinor(-minor, decimals) !== ''
  })
  check(t, property, 1000)
})
