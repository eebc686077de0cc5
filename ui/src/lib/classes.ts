import { type ClassValue, clsx } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Join class names; a later utility wins over an earlier one of the same kind. */
export const classes = (...values: ClassValue[]): string => twMerge(clsx(values))
