import { encode } from '../../src/store/encode.js'
import { NO_STREAM } from '../../src/store/port.js'

export const eventId = (number: number) => `00000000-0000-8000-8000-${String(number).padStart(12, '0')}`

/** The event that opens the account `n<number>`. */
export const openedAt = (number: number) =>
  encode(
    { type: 'AccountOpened', data: { owner: `n${number}`, currency: 'CNY', creditLimit: '0.00' } },
    `account-n${number}`,
    NO_STREAM,
    {
      recordedAt: '2026-01-01T00:00:00.000Z',
      actor: 'admin',
      correlationId: 'many',
      causationId: eventId(number),
    },
  )
