import { carts, type ShownItem } from '../projections/carts.js'
import type { Call } from './route.js'

/** What lies in the cart of an account, oldest first. */
export const cartOf = async ({ parts }: Call, account: string): Promise<readonly ShownItem[]> => {
  const record = await parts.views.document(carts.name, account)
  return record === null ? [] : carts.document.decode(record.body).items
}
