import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Config, Role } from '../config.js'
import { issueToken } from './token.js'
import { serverFile } from './tool.js'

class ServerNotRunning extends Error {
  readonly code = 'server_not_running'
}

/** What the server refused, or broke off with. */
export class TaskFailed extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

/** A member of an object that somebody wrote as JSON; '': it is not there. */
const textIn = (json: string, name: string): string => {
  try {
    const members: Readonly<Record<string, unknown>> = Object(JSON.parse(json))
    return String(members[name] ?? '')
  } catch {
    return ''
  }
}

export interface Task {
  readonly path: string
  readonly body: object
  /** The roles that can do it, the best one first. */
  readonly roles: readonly Role[]
  /** What a person calls it. */
  readonly name: string
}

const SECONDS = 60

/** Asks the server that runs with the same data folder, as an admin. Resolves with what it tells, line by line. */
export const askServer = async (config: Config, task: Task, now: number): Promise<AsyncIterable<string>> => {
  const start = `start the server: ${task.name} is done by the running one`
  const path = task.roles.map((role) => serverFile(config.data, role)).find((file) => existsSync(file))
  if (path === undefined) throw new ServerNotRunning(`no server runs with the data folder ${config.data}; ${start}`)
  const address = textIn(readFileSync(path, 'utf8'), 'address')
  const token = issueToken(config, {
    subject: 'counterfoil-cli',
    roles: ['admin'],
    accounts: [],
    scope: '',
    issuedAt: Math.floor(now / 1000),
    seconds: SECONDS,
  })
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(task.body),
  }
  const reply = await fetch(`${address}${task.path}`, request).catch(() => {
    throw new ServerNotRunning(`nobody answers at ${address}; ${start}`)
  })
  if (reply.ok && reply.body !== null) return createInterface({ input: Readable.fromWeb(reply.body) })
  const problem = await reply.text()
  const code = textIn(problem, 'code')
  if (code === '') throw new ServerNotRunning(`what answers at ${address} is no server of ours; ${start}`)
  throw new TaskFailed(code, textIn(problem, 'detail'))
}
