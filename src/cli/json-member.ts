/** A member of an object that somebody wrote as JSON; '': it is not there. */
export const textIn = (json: string, name: string): string => {
  try {
    const members: Readonly<Record<string, unknown>> = Object(JSON.parse(json))
    return String(members[name] ?? '')
  } catch {
    return ''
  }
}
