/** What the server found wrong with an edited plan, sorted to the fields it is about. */
import { ApiError, problemsOf } from '@/api/client'

export interface FieldProblem {
  /** The key of the task; null where it is about the plan. */
  task: string | null
  field: string | null
  message: string
}

export interface Problems {
  /** By task key. */
  fields: ReadonlyMap<string, FieldProblem[]>
  /** By the name of the setting. */
  settings: ReadonlyMap<string, FieldProblem[]>
  /** What belongs to no single field, as sentences. */
  others: string[]
}

export const NO_PROBLEMS: Problems = { fields: new Map(), settings: new Map(), others: [] }
const SETTINGS = 'settings.'

const isFieldProblem = (value: unknown): value is FieldProblem =>
  typeof value === 'object' && value !== null && 'task' in value && 'message' in value

export function sortedProblems(error: Error | null): Problems {
  if (!error) return NO_PROBLEMS
  const listed = error instanceof ApiError ? error.details.fields : undefined
  const found = (Array.isArray(listed) ? listed : []).filter(isFieldProblem)
  const placed = new Set(found.map((problem) => problem.message))
  return {
    fields: grouped(found, (problem) => problem.task),
    settings: grouped(found, ({ task, field }) =>
      task === null && field?.startsWith(SETTINGS) ? field.slice(SETTINGS.length) : null,
    ),
    others: problemsOf(error).filter((message) => !placed.has(message)),
  }
}

function grouped(problems: FieldProblem[], by: (problem: FieldProblem) => string | null) {
  const groups = new Map<string, FieldProblem[]>()
  for (const problem of problems) {
    const name = by(problem)
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), problem])
  }
  return groups
}

/** Every problem once, as sentences. */
export const allProblems = ({ fields, settings, others }: Problems): string[] => [
  ...new Set([
    ...others,
    ...[...settings.values(), ...fields.values()].flat().map(({ message }) => message),
  ]),
]

/** Whether somebody else was faster, so that nothing was saved. */
export const wasOvertaken = (error: Error | null): boolean =>
  error instanceof ApiError &&
  (error.code === 'plan_hash_mismatch' || error.code === 'invalid_transition')
