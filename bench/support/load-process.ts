import { text } from 'node:stream/consumers'
import { Connection } from './connection.js'
import type { LoadOptions, LoadResult } from './load.js'
import { closedLoop, openLoop, type Send } from './loops.js'
import { latencyOf, Recorder } from './measure.js'
import { requestsOf } from './requests.js'

const connectAll = async (options: LoadOptions): Promise<Connection[]> => {
  const { hostname, port } = new URL(options.url)
  const connections: Connection[] = []
  const ready = Array.from(
    { length: options.connections },
    () => new Promise<void>((resolve) => connections.push(new Connection({ host: hostname, port: +port }, resolve))),
  )
  await Promise.all(ready)
  return connections
}

const run = async (options: LoadOptions): Promise<LoadResult> => {
  const connections = await connectAll(options)
  const requestAt = requestsOf(options.workload)
  const start = performance.now()
  const from = start + options.warmupSeconds * 1000
  const until = from + options.seconds * 1000
  const recorder = new Recorder(options.acknowledged, from, until)
  let index = 0
  const send: Send = (connection, since, done) => {
    const request = requestAt(index++)
    connection.send(request.text, (status) => {
      recorder.record(status, request.key, since)
      done()
    })
  }
  const before = process.cpuUsage()
  const unsent =
    options.rate === undefined
      ? await closedLoop(connections, send, until).then(() => 0)
      : await openLoop(connections, send, { start, until, rate: options.rate })
  const used = process.cpuUsage(before)
  recorder.close()
  for (const connection of connections) connection.close()
  return {
    perSecond: recorder.perSecond(options.seconds),
    statuses: recorder.statuses,
    latency: latencyOf(recorder.latencies),
    unsent,
    cpuMicros: Math.round(((used.user + used.system) / index) * 10) / 10,
  }
}

process.stdout.write(JSON.stringify(await run(JSON.parse(await text(process.stdin)) as LoadOptions)))
