/** The plan as a graph: what waits for what, by milestone or by task. */
import type { Plan, Task, TaskStatus } from '@/api/types'
import { type Tally, tallyOf } from '@/features/plan/rows'

export type Grain = 'milestones' | 'tasks'

export interface GraphNode {
  id: string
  label: string
  phase: number
  /** Of a task its status; of a milestone what its tasks come to. */
  status: TaskStatus
  tally?: Tally
  task?: Task
}
export interface GraphEdge {
  id: string
  source: string
  target: string
}
export interface Graph {
  nodes: GraphNode[]
  edges: GraphEdge[]
}

export function graphOf(plan: Plan, grain: Grain): Graph {
  return grain === 'tasks' ? taskGraph(plan) : milestoneGraph(plan)
}

function taskGraph(plan: Plan): Graph {
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  plan.phases.forEach((phase, index) => {
    for (const task of phase.milestones.flatMap((milestone) => milestone.tasks)) {
      const label = `#${task.task_number} ${task.name}`
      nodes.push({ id: task.task_id, label, phase: index, status: task.status, task })
      for (const needed of task.depends_on_tasks) edges.push(edge(needed, task.task_id))
    }
  })
  return { nodes, edges }
}

function milestoneGraph(plan: Plan): Graph {
  const nodes: GraphNode[] = []
  const home = new Map<string, string>()
  plan.phases.forEach((phase, index) => {
    for (const { milestone_id: id, name, tasks } of phase.milestones) {
      const tally = tallyOf(tasks)
      nodes.push({ id, label: name, phase: index, status: statusOf(tasks, tally), tally })
      for (const task of tasks) home.set(task.task_id, id)
    }
  })
  const edges = new Map<string, GraphEdge>()
  for (const task of plan.phases.flatMap((phase) => phase.milestones.flatMap((m) => m.tasks))) {
    const target = home.get(task.task_id)
    for (const needed of task.depends_on_tasks) {
      const source = home.get(needed)
      if (!source || !target || source === target) continue
      const made = edge(source, target)
      edges.set(made.id, made)
    }
  }
  return { nodes, edges: [...edges.values()] }
}

const edge = (source: string, target: string): GraphEdge => ({
  id: `${source} ${target}`,
  source,
  target,
})

function statusOf(tasks: Task[], tally: Tally): TaskStatus {
  if (tally.failed > 0) return 'failed'
  if (tally.running > 0) return 'in_progress'
  if (tally.total > 0 && tally.completed === tally.total) return 'completed'
  if (tasks.some((task) => task.status === 'skipped')) return 'skipped'
  return tasks.some((task) => task.status === 'ready') ? 'ready' : 'pending'
}

/** What decides where nodes lie: statuses may change without a new layout. */
export const shapeOf = (graph: Graph): string =>
  JSON.stringify([graph.nodes.map((node) => node.id), graph.edges.map((one) => one.id)])
