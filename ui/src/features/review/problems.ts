/** What the server found wrong with an edited plan, sorted to the fields it is about. */
import { ApiError, problemsOf } from '@/api/client'

export interface FieldProblem {
  task: string
  field: string | null
  message: string
}

export interface Problems {
  /** By task key. */
  fields: ReadonlyMap<string, FieldProblem[]>
  /** What belongs to no single field, as sentences. */
  others: string[]
}

export const NO_PROBLEMS: Problems = { fields: new Map(), others: [] }

const isFieldProblem = (value: unknown): value is FieldProblem =>
  typeof value === 'object' && value !== null && 'task' in value && 'message' in value

export function sortedProblems(error: Error | null): Problems {
  if (!error) return NO_PROBLEMS
  const listed = error instanceof ApiError ? error.details.fields : undefined
  const found = (Array.isArray(listed) ? listed : []).filter(isFieldProblem)
  const fields = new Map<string, FieldProblem[]>()
  for (const problem of found) {
    fields.set(problem.task, [...(fields.get(problem.task) ?? []), problem])
  }
  const placed = new Set(found.map((problem) => problem.message))
  return { fields, others: problemsOf(error).filter((message) => !placed.has(message)) }
}

/** Whether somebody else was faster, so that nothing was saved. */
export const wasOvertaken = (error: Error | null): boolean =>
  error instanceof ApiError &&
  (error.code === 'plan_hash_mismatch' || error.code === 'invalid_transition')
