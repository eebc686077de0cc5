/** A plan that is being edited: pure changes of its document, and what is still to be saved. */
import type { PlanDocument, PlanSettings, TaskDocument } from '@/api/types'

/** What a form may change of a task; its key stays, for others depend on it. */
export type TaskPatch = Partial<Omit<TaskDocument, 'key'>>

export type Change =
  | { kind: 'settings'; patch: Partial<PlanSettings> }
  | { kind: 'change'; key: string; patch: TaskPatch }
  | { kind: 'add'; phase: number; milestone: number }
  | { kind: 'remove'; key: string }
  | { kind: 'split'; key: string }
  | { kind: 'move'; key: string; step: -1 | 1 }

export const tasksIn = (document: PlanDocument): TaskDocument[] =>
  document.phases.flatMap((phase) => phase.milestones.flatMap((milestone) => milestone.tasks))

/** What a document leaves open is as the server would take it. */
export const settingsOf = (document: PlanDocument): PlanSettings => ({
  agent: 'llm',
  network: false,
  ...document.settings,
})

export function edited(document: PlanDocument, change: Change): PlanDocument {
  switch (change.kind) {
    case 'settings':
      return { ...document, settings: { ...settingsOf(document), ...change.patch } }
    case 'change':
      return withTasks(document, (task) =>
        task.key === change.key ? patched(document, task, change.patch) : task,
      )
    case 'add':
      return withList(document, change.phase, change.milestone, (tasks) => [
        ...tasks,
        newTask(document),
      ])
    case 'remove':
      return without(document, change.key)
    case 'split':
      return split(document, change.key)
    case 'move':
      return moved(document, change.key, change.step)
  }
}

/** What belongs to another agent goes with it, else the plan would be refused. */
function patched(document: PlanDocument, task: TaskDocument, patch: TaskPatch): TaskDocument {
  const next = { ...task, ...patch }
  if (!('agent' in patch)) return next
  const agent = next.agent ?? document.settings?.agent
  return {
    ...next,
    command: agent === 'command' ? (next.command ?? '') : null,
    script: agent === 'scripted' ? (next.script ?? null) : null,
  }
}

function newTask(document: PlanDocument): TaskDocument {
  const needsCommand = document.settings?.agent === 'command'
  return {
    key: freeKey(document),
    name: '',
    description: '',
    target_files: [],
    depends_on: [],
    complexity: 'medium',
    checks: [],
    max_retries: 2,
    agent: null,
    command: needsCommand ? '' : null,
    done: false,
  }
}

function freeKey(document: PlanDocument): string {
  const taken = new Set(tasksIn(document).map((task) => task.key))
  let number = taken.size + 1
  while (taken.has(`task-${number}`)) number += 1
  return `task-${number}`
}

function without(document: PlanDocument, key: string): PlanDocument {
  const rest = withLists(document, (tasks) =>
    tasks.some((task) => task.key === key) ? tasks.filter((task) => task.key !== key) : tasks,
  )
  return withTasks(rest, (task) =>
    task.depends_on?.includes(key)
      ? { ...task, depends_on: task.depends_on.filter((other) => other !== key) }
      : task,
  )
}

/**
 * A second task behind the first with half of its files and all its checks; it waits for the first,
 * and whoever waited for the first waits for both.
 */
function split(document: PlanDocument, key: string): PlanDocument {
  const task = tasksIn(document).find((one) => one.key === key)
  if (!task) return document
  const files = task.target_files
  const kept = Math.ceil(files.length / 2)
  const second: TaskDocument = {
    ...task,
    key: freeKey(document),
    name: `${task.name} (part 2)`,
    target_files: files.length > 1 ? files.slice(kept) : files,
    depends_on: [...(task.depends_on ?? []), key],
  }
  const first = files.length > 1 ? { ...task, target_files: files.slice(0, kept) } : task
  const waiting = withTasks(document, (one) =>
    one.depends_on?.includes(key) ? { ...one, depends_on: [...one.depends_on, second.key] } : one,
  )
  return withLists(waiting, (tasks) =>
    tasks.some((one) => one.key === key)
      ? tasks.flatMap((one) => (one.key === key ? [first, second] : [one]))
      : tasks,
  )
}

/** One place up or down; at the edge of a milestone into the next one. */
function moved(document: PlanDocument, key: string, step: -1 | 1): PlanDocument {
  const lists = document.phases.flatMap((phase) => phase.milestones.map((one) => [...one.tasks]))
  const at = lists.findIndex((tasks) => tasks.some((task) => task.key === key))
  const from = lists[at]
  if (!from) return document
  const place = from.findIndex((task) => task.key === key)
  const to = place + step
  const [task] = from.splice(place, 1)
  if (!task) return document
  if (to >= 0 && to <= from.length) from.splice(to, 0, task)
  else {
    const neighbour = lists[at + step]
    if (!neighbour) return document
    if (step > 0) neighbour.unshift(task)
    else neighbour.push(task)
  }
  let next = 0
  return withLists(document, (tasks) => {
    const list = lists[next] ?? tasks
    next += 1
    return list
  })
}

/** The tasks that have nowhere to go, up and down; none where a milestone beyond them is empty. */
export function endsOf(document: PlanDocument): Record<-1 | 1, TaskDocument | undefined> {
  const lists = document.phases.flatMap((phase) => phase.milestones.map((one) => one.tasks))
  return { [-1]: lists[0]?.[0], 1: lists.at(-1)?.at(-1) }
}

function withLists(
  document: PlanDocument,
  change: (tasks: TaskDocument[], phase: number, milestone: number) => TaskDocument[],
): PlanDocument {
  return {
    ...document,
    phases: document.phases.map((phase, at) => ({
      ...phase,
      milestones: phase.milestones.map((milestone, place) => {
        const tasks = change(milestone.tasks, at, place)
        return tasks === milestone.tasks ? milestone : { ...milestone, tasks }
      }),
    })),
  }
}

const withList = (
  document: PlanDocument,
  phase: number,
  milestone: number,
  change: (tasks: TaskDocument[]) => TaskDocument[],
): PlanDocument =>
  withLists(document, (tasks, at, place) =>
    at === phase && place === milestone ? change(tasks) : tasks,
  )

/** Change tasks and keep the identity of those that stay as they are. */
const withTasks = (
  document: PlanDocument,
  change: (task: TaskDocument) => TaskDocument,
): PlanDocument =>
  withLists(document, (tasks) => {
    const next = tasks.map(change)
    return next.every((task, at) => task === tasks[at]) ? tasks : next
  })

/** Lines of a text field; blank ones are no entries. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

/** What is sent: entries that were left blank are none. */
export const tidied = (document: PlanDocument): PlanDocument =>
  withTasks(document, (task) => {
    const checks = (task.checks ?? []).filter((check) => check.trim())
    return checks.length === (task.checks ?? []).length ? task : { ...task, checks }
  })

export const differs = (one: PlanDocument, other: PlanDocument): boolean =>
  JSON.stringify(tidied(one)) !== JSON.stringify(tidied(other))
