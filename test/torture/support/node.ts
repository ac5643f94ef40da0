import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client, type Patience } from './client.js'
import { launch, type Running, until } from './server.js'
import type { Stores } from './stores.js'

export interface NodeOptions {
  readonly role: 'api' | 'projector' | 'all'
  readonly name: string
  readonly stores: Stores
  readonly patience: Patience
  /** Told what it says that is no mere trouble with a store. */
  readonly wrong: (text: string) => unknown
}

/** What a process may say while stores and processes around it come and go. */
const EXPECTED = /^(?:store_unreachable: .*|the event store answers again|views?_\w+: [\w-]+: .*|[\w-]+ goes on|\s*)$/

/** One process of ours, killed and started again on the same folder. */
export class Node {
  readonly name: string
  readonly role: NodeOptions['role']
  readonly #options: NodeOptions
  readonly #data: string
  #running: Running | null = null
  #client: Client | null = null
  /** Milliseconds, monotonic, when it listened; `null` while it does not. */
  since: number | null = null

  constructor(options: NodeOptions) {
    this.name = options.name
    this.role = options.role
    this.#options = options
    this.#data = join(options.stores.home, options.name)
    mkdirSync(this.#data)
  }

  /** `null` while it is not listening. */
  get client(): Client | null {
    return this.since === null ? null : this.#client
  }

  get address(): string | undefined {
    return this.client?.address
  }

  /** Resolves when it listens, or was killed before. */
  async start(): Promise<void> {
    const { role, stores, patience, wrong, name } = this.#options
    const running = launch({ data: this.#data, args: ['--role', role], env: stores.env })
    this.#running = running
    const address = await running.address.catch(() => null)
    if (address === null) {
      if (this.#running === running) wrong(`${name} did not start: ${running.said.join(' | ')}`)
      return
    }
    if (this.#running !== running) return
    this.#client = new Client(address, patience)
    this.since = performance.now()
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Resolves when it has finished what it accepted. */
  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM')
    if (code !== 0) this.#options.wrong(`${this.name} stopped with ${code}`)
  }

  /** Of an api: its own write model goes too; it is made again from the log. */
  forget(): void {
    for (const suffix of ['.db', '.db-wal', '.db-shm', '.clean'])
      rmSync(join(this.#data, `write-model${suffix}`), { force: true })
  }

  async ready(milliseconds: number): Promise<void> {
    let last = 'it does not listen'
    const look = async (): Promise<true | null> => {
      const reply = await this.client?.ask({ method: 'GET', path: '/ready', token: '' })
      last = reply?.text ?? last
      return reply?.status === 200 ? true : null
    }
    await until(milliseconds, `${this.name} is ready`, look).catch((error: unknown) => {
      throw new Error(`${String(error)}; ${last}`)
    })
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const running = this.#running
    const client = this.#client
    this.#running = null
    this.#client = null
    this.since = null
    const code = (await running?.stop(signal)) ?? null
    client?.close()
    for (const line of running?.said ?? []) {
      appendFileSync(`${this.#data}.txt`, `${line}\n`)
      if (!EXPECTED.test(line)) this.#options.wrong(`${this.name} said: ${line}`)
    }
    return code
  }
}
