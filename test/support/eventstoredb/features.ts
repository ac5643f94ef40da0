import type { IncomingMessage, ServerResponse } from 'node:http'
import type { sendUnaryData } from '@grpc/grpc-js'
import type { Version } from './faults.js'
import { features, gossip, shared } from './protocol.js'
import type { Serving } from './serving.js'

const FULL: Record<Version, string> = { '22.10': '22.10.5', '24.2': '24.2.0' }

/** The methods of `streams.Streams`, in lower case as a server sends them, and what each can do. */
const METHODS = { read: ['position', 'events'], append: [], batchappend: ['deadline_duration'] }

/** A client that finds batch append here uses it. */
export const supportedMethods =
  ({ faults }: Serving) =>
  (_: unknown, answer: sendUnaryData<features.SupportedMethods>): void => {
    const methods = Object.entries(METHODS).map(([name, list]) =>
      new features.SupportedMethod()
        .setServiceName('event_store.client.streams.streams')
        .setMethodName(name)
        .setFeaturesList(list),
    )
    const supported = new features.SupportedMethods().setMethodsList(methods)
    faults.pass(() => answer(null, supported.setEventStoreServerVersion(FULL[faults.version])))
  }

/** A cluster of one, the leader. */
export const clusterInfo =
  ({ faults }: Serving, port: () => number) =>
  (_: unknown, answer: sendUnaryData<gossip.ClusterInfo>): void => {
    const member = new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString('8f680215-3abe-4aed-9d06-c5725776303d'))
      .setTimeStamp(`${faults.now()}0000`)
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port()))
    faults.pass(() => answer(null, new gossip.ClusterInfo().setMembersList([member])))
  }

export const serverInfo =
  ({ faults }: Serving) =>
  (request: IncomingMessage, response: ServerResponse): void =>
    faults.pass(() => {
      if (request.url === '/info') {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ esVersion: FULL[faults.version], state: 'leader' }))
        return
      }
      response.statusCode = request.url === '/health/live' ? 204 : 404
      response.end()
    })
