import { itemOf, shelfRoutes } from './items.js'

/** Quota packs that are bought with a subscription. */
export const addonRoutes = shelfRoutes({ kind: 'addon', show: itemOf })
