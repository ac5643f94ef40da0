/** What a projection says that has documents alone. */
export const rowless = {
  rows: null,
  indexes: [],
  row: () => undefined,
  rowKeys: () => [],
  evolveRow: (row: never): never => row,
  rowBody: { encode: (row: never): never => row, decode: (): never => absent() },
}

const absent = (): never => {
  throw new TypeError('this projection has no rows')
}
