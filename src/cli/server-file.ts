import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Role } from '../config.js'
import { textIn } from './json-member.js'

/** Where the command line finds the servers that run with a data folder: a file for each, with its pid and its address. */

const nameOf = (role: Role): string => (role === 'projector' ? 'projector' : 'server')

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Of this machine, and not ended. */
const lives = (pid: string): boolean => {
  try {
    return /^[1-9]\d*$/.test(pid) && process.kill(Number.parseInt(pid, 10), 0)
  } catch (error) {
    // A process of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const pidIn = (path: string): string => textIn(textOf(path), 'pid')

/** Writes the file of this process; beside that of another projector that lives, under a name of its own. Returns its path. */
export const writeServerFile = (data: string, role: Role, address: string): string => {
  const isLeft = (path: string): boolean => pidIn(path) === String(process.pid) || !lives(pidIn(path))
  for (const left of filesOf(data, role).filter(isLeft)) rmSync(left, { force: true })
  const first = join(data, `${nameOf(role)}.json`)
  const path = !existsSync(first) ? first : join(data, `${nameOf(role)}-${process.pid}.json`)
  writeFileSync(path, `${JSON.stringify({ pid: process.pid, address })}\n`)
  return path
}

/** The one that began first comes first. */
const filesOf = (data: string, role: Role): readonly string[] =>
  (existsSync(data) ? readdirSync(data) : [])
    .filter((file) => new RegExp(`^${nameOf(role)}(?:-\\d+)?\\.json$`).test(file))
    .sort((a, b) => a.length - b.length)
    .map((file) => join(data, file))

/** The address of a server of the first of these roles that has one; `null`: none was started here. */
export const serverAddress = (data: string, roles: readonly Role[]): string | null => {
  const files = roles.flatMap((role) => filesOf(data, role))
  const found = files.find((path) => lives(pidIn(path))) ?? files[0]
  return found === undefined ? null : textIn(textOf(found), 'address')
}
