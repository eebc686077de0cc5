/** Where a person is in a queue whose entries come and go: pure. */

export interface Place {
  /** The queue as it was when the place was found. */
  order: readonly string[]
  chosen: string | undefined
}

/** Where the chosen entry is gone, its neighbour is chosen: the next one, at the end the last. */
export function follow(place: Place, order: readonly string[]): Place {
  if (isSame(place.order, order)) return place
  return { order, chosen: place.chosen && remaining(place.order, order, place.chosen) }
}

function remaining(before: readonly string[], now: readonly string[], chosen: string) {
  const left = new Set(now)
  const at = before.indexOf(chosen)
  const behind = before.slice(at).find((id) => left.has(id))
  return behind ?? before.slice(0, at).findLast((id) => left.has(id))
}

/** The entry `step` further; from nowhere, the first. */
export function moved({ order, chosen }: Place, step: -1 | 1): string | undefined {
  if (chosen === undefined) return order[0]
  return order[order.indexOf(chosen) + step] ?? chosen
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id, at) => id === other[at])
