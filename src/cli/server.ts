import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Config, Role } from '../config.js'
import { textIn } from './json-member.js'
import { serverAddress } from './server-file.js'
import { issueToken } from './token.js'
import type { Terminal } from './tool.js'

class ServerNotRunning extends Error {
  readonly code = 'server_not_running'
}

/** The server's own refusal, with its code. */
export class ServerRefused extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

/** What the server does takes long, and ended badly. */
export class TaskFailed extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

/** What the server tells while it works, a JSON value in each. */
export const linesOf = ({ body }: Response): AsyncIterable<string> => {
  /* c8 ignore next -- a reply that is told line by line has a body */
  if (body === null) return Readable.from([])
  return createInterface({ input: Readable.fromWeb(body) })
}

export interface Wanted {
  /** Whose address is taken, the first one that runs. */
  readonly roles: readonly Role[]
  /** What to do where none runs, for a person. */
  readonly start: string
}

/** Asks the running server, and resolves with its reply. Rejects with `ServerNotRunning`, and with `ServerRefused`. */
export type CallServer = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<Response>

/** Speaks as an admin to the server that runs with the data folder. Each request has a token of its own, good for a minute. */
export const calling = ({ config, clock }: Pick<Terminal, 'config' | 'clock'>, wanted: Wanted): CallServer => {
  const address = addressOf(config, wanted)
  return async (method, path, body, more) => {
    const token = issueToken(config, {
      subject: 'counterfoil-cli',
      roles: ['admin'],
      accounts: [],
      scope: '',
      issuedAt: Math.floor(clock() / 1000),
      seconds: SECONDS,
    })
    const reply = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new ServerNotRunning(`nobody answers at ${address}; ${wanted.start}`)
    })
    if (reply.ok) return reply
    const problem = await reply.text()
    const code = textIn(problem, 'code')
    if (code !== '') throw new ServerRefused(code, textIn(problem, 'detail'))
    throw new ServerNotRunning(`what answers at ${address} is no server of ours; ${wanted.start}`)
  }
}

const SECONDS = 60

const addressOf = ({ data }: Config, { roles, start }: Wanted): string => {
  const address = serverAddress(data, roles)
  if (address === null) throw new ServerNotRunning(`no server runs with the data folder ${data}; ${start}`)
  return address
}
