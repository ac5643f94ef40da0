/** Whether two JSON values are the same, in whatever order their members lie. */
export const sameJson = (one: unknown, other: unknown): boolean => {
  if (!isContainer(one) || !isContainer(other)) return one === other
  const names = Object.keys(one)
  return (
    Array.isArray(one) === Array.isArray(other) &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && sameJson(Reflect.get(one, name), Reflect.get(other, name)))
  )
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null
