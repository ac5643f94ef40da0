import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { root } from './root.js'

/** A test, or whoever else ends. */
export interface Ending {
  teardown(work: () => Promise<unknown>): void
}

/** A server process of our own that speaks MongoDB's protocol. */
export interface MongoServer {
  /** A connection string for a database. */
  url(database: string): string
  /** SIGKILL. */
  kill(): Promise<void>
  /** Again on the same port and the same data. */
  restart(): Promise<void>
}

export interface Launch {
  /** Where the data lie; left out: in memory. */
  readonly file?: string
  /** 13: MongoDB 5.0. */
  readonly wireVersion?: number
}

const home = join(root, 'test', 'support', 'mongodb-server', 'target')
const path = [join(home, 'classes'), join(home, 'dependency', '*')].join(delimiter)

/** `npm run test:stores` has fetched and compiled what is started here. It is killed with the test. */
export const startMongo = async (t: Ending, { file, wireVersion = 13 }: Launch = {}): Promise<MongoServer> => {
  const launch = async (port: number): Promise<{ child: ChildProcess; port: number }> => {
    const args = [
      '-Xmx512m',
      '-cp',
      path,
      'Launcher',
      String(port),
      String(wireVersion),
      ...(file === undefined ? [] : [file]),
    ]
    const child = spawn('java', args, { stdio: ['pipe', 'pipe', 'ignore'] })
    const ready = new Promise<number>((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => resolve(Number(line.replace('ready ', ''))))
      child.once('exit', () => reject(new Error('the server of the tests did not start: run npm run test:stores')))
    })
    return { child, port: await ready }
  }
  let running = await launch(0)
  const kill = async (): Promise<void> => {
    if (running.child.exitCode !== null || running.child.signalCode !== null) return
    const ended = once(running.child, 'exit')
    running.child.kill('SIGKILL')
    await ended
  }
  t.teardown(kill)
  return {
    url: (database) => `mongodb://127.0.0.1:${running.port}/${database}?directConnection=true`,
    kill,
    restart: async () => {
      await kill()
      running = await launch(running.port)
    },
  }
}

/** COUNTERFOIL_TEST_MONGODB, or a server of our own. Gives connection strings, each for a new database that is dropped at the end. */
export const mongoDatabases = async (t: Ending): Promise<(t: Ending) => string> => {
  const given = process.env.COUNTERFOIL_TEST_MONGODB
  const url = given === undefined ? (await startMongo(t)).url : withDatabase(given)
  return (t) => {
    const connection = url(`counterfoil-test-${randomUUID()}`)
    t.teardown(async () => {
      const client = new MongoClient(connection)
      await client.db().dropDatabase()
      await client.close()
    })
    return connection
  }
}

/** The same servers and options, another database; users stay those of `admin` unless the string says otherwise. */
const withDatabase =
  (connection: string) =>
  (database: string): string => {
    const [, servers = connection, options = ''] = /^([^/]*\/\/[^/?]*)(?:\/[^?]*)?(\?.*)?$/.exec(connection) ?? []
    return `${servers}/${database}${options === '' ? '?' : `${options}&`}${/authSource=/.test(options) ? '' : 'authSource=admin'}`
  }
