import type { CatalogueEntry } from '../../projections/catalogue.js'
import { itemOf, shelfRoutes } from './items.js'

/** A plan of the catalogue as this API shows it, here and within a subscription. */
export const planOf = (entry: CatalogueEntry) => ({ ...itemOf(entry), bt_plan_id: entry.id })

/** Every plan on sale, those of seed 000 among them: what it has no quotas for, it allows nothing of. */
export const planRoutes = shelfRoutes({ kind: 'plan', open: true, show: planOf })
