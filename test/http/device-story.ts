import type { Fact } from '../../events/catalogue.js'
import { FREE } from '../support/device.js'
import { sealedFor } from '../support/person.js'
import { id, story } from './world.js'

/** The story of the world, and alice has a device. */
export const deviceStory: readonly Fact[] = [
  ...story,
  {
    type: 'SubscriptionOpened',
    data: {
      subscription: id(70),
      account: 'alice',
      device: 'PH80',
      deviceName: sealedFor('alice', 'device-name', 'G1'),
      item: FREE,
    },
  },
]
