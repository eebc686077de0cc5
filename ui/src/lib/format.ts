/** Numbers and times in words. */
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const ABSOLUTE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

export function ago(time: string, now = Date.now()): string {
  const seconds = Math.round((Date.parse(time) - now) / 1_000)
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit)
  }
  return 'just now'
}

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
export const clock = (time: string): string => CLOCK.format(new Date(time))

export const exactly = (time: string): string => ABSOLUTE.format(new Date(time))

export function duration(seconds: number): string {
  const milliseconds = Math.round(seconds * 1_000)
  if (milliseconds < 1_000) return `${milliseconds} ms`
  if (milliseconds < 9_950) return `${seconds.toFixed(1)} s`
  // Rounded before it is divided: 59.6 s are a minute, not 60 s.
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function secondsBetween(start: string, end: string | null, now = Date.now()): number {
  return ((end ? Date.parse(end) : now) - Date.parse(start)) / 1_000
}

/** US dollars; small amounts keep the digits that say something. */
export function money(amount: string): string {
  const value = Number(amount)
  if (value === 0) return '$0'
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`
}

interface Spent {
  cost_usd: string
  unpriced_requests: number
}

/** What was spent; a price that nobody knows is not nothing. */
export function spentMoney({ cost_usd, unpriced_requests }: Spent): string {
  if (unpriced_requests === 0) return money(cost_usd)
  return Number(cost_usd) > 0 ? `more than ${money(cost_usd)}` : 'cost unknown'
}

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
export const compact = (count: number): string => COMPACT.format(count)

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

export const percentOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.floor((part / whole) * 100)

/** A size in megabytes, in words; a part of one counts as some. */
export function megabytes(bytes: number): string {
  const size = bytes / 1_000_000
  return size > 0 && size < 0.1 ? 'less than 0.1 MB' : `${size.toFixed(1)} MB`
}
