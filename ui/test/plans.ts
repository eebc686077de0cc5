import type { Plan, PlanEvent, Task } from '@/api/types'

export function task(number: number, fields: Partial<Task> = {}): Task {
  return {
    task_id: `task-${number}`,
    task_number: number,
    key: `t${number}`,
    name: `Task ${number}`,
    description: '',
    phase_id: 'phase-1',
    milestone_id: 'milestone-1',
    status: 'pending',
    complexity: 'medium',
    agent: 'scripted',
    command: null,
    depends_on_tasks: [],
    target_files: [`t${number}.txt`],
    output_files: [],
    checks: [],
    done: false,
    attempt: 0,
    retry_count: 0,
    max_retries: 2,
    last_error: null,
    failure_kind: null,
    blocked_by: null,
    commit: null,
    started_at: null,
    completed_at: null,
    failed_at: null,
    cost_usd: '0',
    tokens_input: 0,
    tokens_output: 0,
    ...fields,
  }
}

/** A plan whose phases hold the given tasks, each phase with one milestone. */
export function plan(phases: Task[][], fields: Partial<Plan> = {}): Plan {
  const tasks = phases.flat()
  return {
    masterplan_id: 'plan',
    title: 'Plan',
    description: '',
    goal: '',
    repository: null,
    status: 'in_progress',
    outcome: null,
    revision: 1,
    plan_hash: 'hash',
    warning_count: 0,
    source: null,
    warnings: [],
    approved_by: null,
    approved_at: null,
    rejection_reason: null,
    failure_reason: null,
    workspace_id: null,
    workspace_path: null,
    branch: 'main',
    total_tasks: tasks.length,
    completed_tasks: 0,
    failed_tasks: 0,
    skipped_tasks: 0,
    cancelled_tasks: 0,
    cost_usd: '0',
    tokens_input: 0,
    tokens_output: 0,
    last_seq: 10,
    created_at: '2025-11-03T09:00:00Z',
    updated_at: '2025-11-03T09:00:00Z',
    started_at: null,
    completed_at: null,
    settings: { agent: 'llm', network: false },
    phases: phases.map((held, index) => ({
      phase_id: `phase-${index + 1}`,
      name: `Phase ${index + 1}`,
      description: '',
      milestones: [
        {
          milestone_id: `milestone-${index + 1}`,
          name: `Milestone ${index + 1}`,
          description: '',
          tasks: held.map((one) => ({
            ...one,
            phase_id: `phase-${index + 1}`,
            milestone_id: `milestone-${index + 1}`,
          })),
        },
      ],
    })),
    ...fields,
  }
}

export function progressed(
  seq: number,
  number: number,
  status: 'ready' | 'in_progress' | 'validating',
  fields: Partial<Extract<PlanEvent, { type: 'task_execution_progress' }>> = {},
): PlanEvent {
  return {
    type: 'task_execution_progress',
    masterplan_id: 'plan',
    seq,
    occurred_at: '2025-11-03T09:00:01Z',
    task_id: `task-${number}`,
    task_number: number,
    phase_id: 'phase-1',
    milestone_id: 'milestone-1',
    status,
    description: '',
    attempt: 1,
    current_task: 1,
    completed_tasks: 0,
    total_tasks: 2,
    ...fields,
  }
}

export function finished(
  seq: number,
  number: number,
  status: 'completed' | 'failed' | 'skipped',
  fields: Partial<Extract<PlanEvent, { type: 'task_execution_complete' }>> = {},
): PlanEvent {
  return {
    type: 'task_execution_complete',
    masterplan_id: 'plan',
    seq,
    occurred_at: '2025-11-03T09:00:02Z',
    task_id: `task-${number}`,
    task_number: number,
    phase_id: 'phase-1',
    milestone_id: 'milestone-1',
    status,
    output_files: [],
    error: null,
    blocked_by: null,
    attempt: 1,
    completed_tasks: 1,
    failed_tasks: 0,
    total_tasks: 2,
    ...fields,
  }
}
