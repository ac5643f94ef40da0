import { defineEvent } from './define.js'
import { accountName, deviceId, sealed, soldItem, uuid } from './parts.js'

/** A device of the owner has a subscription, on a plan that costs nothing and has no periods; in the stream of the owner. */
export const SubscriptionOpened = defineEvent({
  type: 'SubscriptionOpened',
  version: 1,
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['subscription', 'account', 'device', 'item'],
    properties: {
      subscription: uuid,
      account: accountName,
      device: deviceId,
      /** What the owner calls it. */
      deviceName: sealed,
      item: soldItem,
    },
  },
})
