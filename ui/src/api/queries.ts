/** What pages read from the server: keys and fetchers, each in one place. */
import { keepPreviousData, queryOptions, replaceEqualDeep } from '@tanstack/react-query'
import { answer, api } from './client'
import type { GenerationProgress, Plan, PlanEnd, PlanStatus, PlanSummary } from './types'

export interface PlanFilter {
  statuses: PlanStatus[]
  q: string
  offset: number
}

export const PAGE_SIZE = 50

/** Of two readings of a plan keep the newer; what is equal in both keeps its identity. */
export function newerPlan(old: Plan | undefined, read: Plan): Plan {
  if (old && old.last_seq > read.last_seq) return old
  return replaceEqualDeep(old, read)
}

export const planQuery = (id: string) =>
  queryOptions({
    queryKey: ['plan', id],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}', {
          params: { path: { masterplan_id: id } },
          signal,
        }),
      ),
    // Events keep it true; see PlanFeed.
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: (old, read) => newerPlan(old as Plan | undefined, read as Plan),
  })

/** The plan without its tasks: in milliseconds, where all of a large one takes seconds. */
export const planHeadQuery = (id: string) =>
  queryOptions({
    queryKey: ['plan', id, 'head'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}', {
          params: { path: { masterplan_id: id }, query: { tasks: 'none' } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: (old, read) => newerPlan(old as Plan | undefined, read as Plan),
  })

const WORKING: PlanStatus[] = ['generating', 'in_progress']

export const plansQuery = (filter: PlanFilter) =>
  queryOptions({
    queryKey: ['plans', 'list', filter],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans', {
          params: {
            query: {
              status: filter.statuses,
              ...(filter.q && { q: filter.q }),
              limit: PAGE_SIZE,
              offset: filter.offset,
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      query.state.data?.masterplans.some((plan) => WORKING.includes(plan.status)) ? 2_000 : 10_000,
  })

const UNDER_WAY: PlanStatus[] = ['in_progress', 'paused']

/** What every page asks for: the plans that are under way, and how many there are of each status. */
export const overviewQuery = () =>
  queryOptions({
    queryKey: ['plans', 'overview'],
    queryFn: ({ signal }) => {
      const params = { query: { status: UNDER_WAY, limit: PAGE_SIZE } }
      return answer(api.GET('/api/v1/masterplans', { params, signal }))
    },
    refetchInterval: (query) => (query.state.data?.masterplans.length ? 5_000 : 10_000),
  })

/** How many plans there are of each status. */
export const planCountsQuery = () =>
  queryOptions({ ...overviewQuery(), select: (page) => page.counts })

export const generationQuery = (id: string) =>
  queryOptions({
    queryKey: ['generation', id],
    queryFn: async ({ signal }) => {
      const params = { path: { masterplan_id: id }, query: { limit: 1_000 } }
      const page = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/events', { params, signal }),
      )
      return page.events
        .filter((event) => event.type === 'masterplan_generation_progress')
        .map((event) => ({ ...event, ...event.payload }) as unknown as GenerationProgress)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What the plan said when. A status that changes tells of another one, or that none came of it. */
export const revisionsQuery = ({ masterplan_id: id, revision, status }: PlanSummary) =>
  queryOptions({
    queryKey: ['revisions', id, revision, status],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/revisions', {
          params: { path: { masterplan_id: id } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** What differs between two revisions, which never changes. */
export const revisionDiffQuery = (id: string, old: number, to: number) =>
  queryOptions({
    queryKey: ['revisions', id, 'diff', old, to],
    queryFn: async ({ signal }) => {
      const params = { path: { masterplan_id: id, number: old }, query: { to } }
      const found = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/revisions/{number}/diff', { params, signal }),
      )
      return found.diff
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What people remark on the plan; those that were not sent yet are pending. */
export const commentsQuery = (id: string) =>
  queryOptions({
    queryKey: ['comments', id],
    queryFn: async ({ signal }) => {
      const params = { path: { masterplan_id: id } }
      const found = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/comments', { params, signal }),
      )
      return found.comments
    },
  })

/** The conversation in which the plan was begun, if it was. */
export const conversationOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversations', 'of', id],
    queryFn: async ({ signal }) => {
      const params = { query: { masterplan_id: id, limit: 1 } }
      const found = await answer(api.GET('/api/v1/conversations', { params, signal }))
      return found.conversations[0] ?? null
    },
    staleTime: 60_000,
  })

/** What the planner saw of the plan's repository; an edit may name another one. */
export const discoveryQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: ['discovery', id, revision],
    queryFn: async ({ signal }) => {
      const found = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/discovery', {
          params: { path: { masterplan_id: id } },
          signal,
        }),
      )
      return found.discovery
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What is left of the plan will take; history goes on, so it is asked again now and then. */
export const forecastQuery = (id: string, revision: number, places: number | undefined) =>
  queryOptions({
    queryKey: ['forecast', id, revision, places],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/forecast', {
          params: {
            path: { masterplan_id: id },
            query: places === undefined ? {} : { max_parallel: places },
          },
          signal,
        }),
      ),
    staleTime: 60_000,
  })

export const attemptsQuery = (id: string, taskId: string) =>
  queryOptions({
    queryKey: ['attempts', id, taskId],
    queryFn: async ({ signal }) => {
      const params = { path: { masterplan_id: id, task_id: taskId } }
      const list = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts', { params, signal }),
      )
      return list.attempts
    },
  })

export const diffQuery = (id: string, taskId: string, number: number) =>
  queryOptions({
    queryKey: ['attempts', id, taskId, number, 'diff'],
    queryFn: async ({ signal }) => {
      const text = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts/{number}/diff', {
          params: { path: { masterplan_id: id, task_id: taskId, number } },
          parseAs: 'text',
          signal,
        }),
      )
      // An answer without a body is an attempt that changed nothing.
      return text ?? ''
    },
  })

export const requestsQuery = (planId: string, taskId: string, number: number) =>
  queryOptions({
    queryKey: ['requests', planId, taskId, number],
    queryFn: async ({ signal }) => {
      const found = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts/{number}/requests', {
          params: { path: { masterplan_id: planId, task_id: taskId, number } },
          signal,
        }),
      )
      return found.requests
    },
  })

export const filesQuery = (id: string) =>
  queryOptions({
    queryKey: ['files', id],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/files', {
          params: { path: { masterplan_id: id } },
          signal,
        }),
      ),
  })

/** A plan as the file that a person edits; of each revision its own. */
export const planFileQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: ['plan-file', id, revision],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/export', {
          params: { path: { masterplan_id: id } },
          parseAs: 'text',
          signal,
        }),
      ),
  })

/** A plan as a document to be changed, with the hash that the change is then bound to. */
export const planDocumentQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: ['plan-document', id, revision],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/document', {
          params: { path: { masterplan_id: id } },
          signal,
        }),
      ),
    // What a form began with does not change under it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** Read anew as the plan comes further; see useLivePlan. */
export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ['timeline', id],
    queryFn: async ({ signal }) => {
      const params = { path: { masterplan_id: id } }
      const timeline = await answer(
        api.GET('/api/v1/masterplans/{masterplan_id}/timeline', { params, signal }),
      )
      return timeline.attempts
    },
  })

export const prunableQuery = (days: number) =>
  queryOptions({
    queryKey: ['system', 'prunable', days],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/system/prunable', {
          signal,
          params: { query: { older_than_days: days } },
        }),
      ),
  })

export const systemQuery = () =>
  queryOptions({
    queryKey: ['system'],
    queryFn: ({ signal }) => answer(api.GET('/api/v1/system', { signal })),
    staleTime: 30_000,
  })

/** A whole page of events at once. */
const MANY_EVENTS = 1_000

/** How a plan has ended since it was read; nothing where it has not, or was cancelled. */
export async function endSince(plan: PlanSummary): Promise<PlanEnd | undefined> {
  let after = plan.last_seq
  for (;;) {
    const params = {
      path: { masterplan_id: plan.masterplan_id },
      query: { after, limit: MANY_EVENTS },
    }
    const page = await answer(api.GET('/api/v1/masterplans/{masterplan_id}/events', { params }))
    const end = page.events.find((event) => event.type === 'masterplan_execution_complete')
    if (end) return { ...end, ...end.payload } as unknown as PlanEnd
    after = page.events.at(-1)?.seq ?? page.last_seq
    if (after >= page.last_seq) return undefined
  }
}
