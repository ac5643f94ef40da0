import type { ClientRequest } from 'node:http'
import type { Agent, RequestOptions } from 'node:https'

// What the SDK (3.40.0) and Node have, and their types leave out.
declare module 'braintree' {
  interface KeyGatewayConfig {
    readonly customHttpAgent: Agent
  }
  interface TransactionGateway {
    refund(
      transaction: string,
      options: { readonly amount: string; readonly orderId: string },
    ): Promise<ValidatedResponse<Transaction>>
    search(criteria: TransactionSearchFn, done: (error: unknown, response: unknown) => void): void
  }
}

declare module 'node:https' {
  interface Agent {
    /** Called once for every request, before any of it is written. */
    addRequest(request: ClientRequest, options: RequestOptions): void
  }
}
