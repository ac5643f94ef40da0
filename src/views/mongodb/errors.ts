import { type FaultKind, faultOf } from '../../mongodb/errors.js'
import { ViewStoreFull } from '../port.js'

/** The server of the views, and what is wrong with it. Its message ends with the next step; its cause is the driver's error. */
export class ViewServerError extends Error {
  constructor(
    readonly code: string,
    message: string,
    cause: Error,
  ) {
    super(message, { cause })
  }
}

const KINDS: Readonly<Record<Exclude<FaultKind, 'full'>, { readonly code: string }>> = {
  'address-invalid': { code: 'views_address_invalid' },
  'too-old': { code: 'views_server_too_old' },
  denied: { code: 'views_denied' },
  'not-writable': { code: 'views_not_writable' },
  unreachable: { code: 'views_unreachable' },
  failed: { code: 'views_failed' },
}

/** An error of the driver as one of ours; any other as it is. */
export const explained = (error: unknown, address: string): unknown => {
  const fault = faultOf(error, address)
  if (fault === null) return error
  const { kind, message, cause } = fault
  if (kind === 'full')
    return new ViewStoreFull('The disk of the views is full; they are written again when there is space.')
  return new ViewServerError(KINDS[kind].code, message, cause)
}
