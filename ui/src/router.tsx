import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import type { PlanStatus } from './api/types'
import { NotLoaded } from './components/ui/Late'
import { Shell } from './features/shell/Shell'
import { PLAN_LOOKS } from './lib/status'
import { MasterplanDetailPage } from './pages/MasterplanDetailPage'
import { MasterplanListPage } from './pages/MasterplanListPage'
import { NotFoundPage } from './pages/NotFoundPage'

export const DETAIL_TABS = ['tasks', 'files', 'graph', 'timeline', 'revisions'] as const
export type DetailTab = (typeof DETAIL_TABS)[number]

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
const positive = (value: unknown): number | undefined => {
  const number = Number(value)
  return Number.isInteger(number) && number > 0 ? number : undefined
}
const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T | undefined =>
  allowed.find((one) => one === value)

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage })

export interface ListSearch {
  q?: string | undefined
  status?: PlanStatus | undefined
  page?: number | undefined
}

const list = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: MasterplanListPage,
  validateSearch: (search: Record<string, unknown>): ListSearch => ({
    q: text(search.q),
    status: oneOf(Object.keys(PLAN_LOOKS) as PlanStatus[], search.status),
    page: positive(search.page),
  }),
})

export interface DetailSearch {
  tab?: DetailTab | undefined
  task?: number | undefined
}

const detail = createRoute({
  getParentRoute: () => root,
  path: '/plans/$planId',
  component: MasterplanDetailPage,
  validateSearch: (search: Record<string, unknown>): DetailSearch => ({
    tab: oneOf(DETAIL_TABS, search.tab),
    task: positive(search.task),
  }),
})

export interface NewPlanSearch {
  /** The plan whose goal is to be taken over. */
  like?: string | undefined
}

const create = createRoute({
  getParentRoute: () => root,
  path: '/new',
  component: lazyRouteComponent(() => import('./pages/NewPlanPage'), 'NewPlanPage'),
  validateSearch: (search: Record<string, unknown>): NewPlanSearch => ({ like: text(search.like) }),
})

export const REVIEW_FILTERS = ['masterplans', 'approved', 'rejected'] as const
export type ReviewFilter = (typeof REVIEW_FILTERS)[number]
export interface ReviewSearch {
  filter?: ReviewFilter | undefined
  page?: number | undefined
}

const review = createRoute({
  getParentRoute: () => root,
  path: '/review',
  validateSearch: (search: Record<string, unknown>): ReviewSearch => ({
    filter: oneOf(REVIEW_FILTERS, search.filter),
    page: positive(search.page),
  }),
  component: lazyRouteComponent(() => import('./pages/review/ReviewQueue'), 'ReviewQueue'),
})

const loadChat = lazyRouteComponent(() => import('./pages/ChatPage'), 'ChatPage')
const chat = createRoute({ getParentRoute: () => root, path: '/chat', component: loadChat })
const conversation = createRoute({
  getParentRoute: () => root,
  path: '/chat/$conversationId',
  component: loadChat,
})

const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/SystemPage'), 'SystemPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([list, detail, create, chat, conversation, review, system]),
  scrollRestoration: true,
  defaultErrorComponent: NotLoaded,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
