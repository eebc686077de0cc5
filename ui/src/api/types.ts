/** Short names for what the contract calls by its whole path. */
import type { components as eventComponents } from './events'
import type { components } from './schema'

type Schemas = components['schemas']
type EventSchemas = eventComponents['schemas']

export type Plan = Schemas['MasterplanDetail']
export type PlanSummary = Schemas['MasterplanSummary']
export type PlanPage = Schemas['MasterplanPage']
export type PlanStatus = Schemas['PlanStatus']
export type PlanFormat = Schemas['PlanFormat']
export type Phase = Schemas['PhaseView']
export type Milestone = Schemas['MilestoneView']
export type Task = Schemas['TaskView']
export type PlanSettings = Schemas['PlanSettings-Output']
export type PlanDocument = Schemas['PlanDocument']
export type TaskDocument = Schemas['TaskDocument']
export type EditableDocument = Schemas['EditableDocument']
export type Revision = Schemas['RevisionView']
export type PlanDiff = Schemas['PlanDiff']
export type TaskChange = Schemas['TaskChange']
export type FieldChange = Schemas['FieldChange']
export type Comment = Schemas['CommentView']
export type Forecast = Schemas['ForecastView']
export type RepositoryFacts = Schemas['RepositoryFacts']
export type Complexity = Schemas['Complexity']
export type TaskStatus = Schemas['TaskStatus']
export type Attempt = Schemas['AttemptView']
export type ModelRequest = Schemas['ModelRequestView']
export type BudgetRequest = Schemas['BudgetRequest']
export type AttemptSpan = Schemas['AttemptSpan']
export type CheckResult = Schemas['CheckResult']
export type SystemState = Schemas['SystemView']
export type Finding = Schemas['FindingView']
export type ErrorAnswer = Schemas['ErrorAnswer']
export type Conversation = Schemas['ConversationDetail']
export type ConversationSummary = Schemas['ConversationSummary']
export type Message = Schemas['MessageView']

export type TaskLog = EventSchemas['TaskLogged']
export type MessageDelta = EventSchemas['MessageDelta']
type Messages = EventSchemas['RecordedMessages']
export type EventType = keyof Messages
/** A recorded event, its type beside what the server sent. */
export type PlanEvent = { [T in EventType]: { type: T } & Messages[T] }[EventType]
export type GenerationProgress = Messages['masterplan_generation_progress']
export type PlanEnd = Messages['masterplan_execution_complete']

const TYPES: Record<EventType, true> = {
  masterplan_generation_progress: true,
  masterplan_status: true,
  masterplan_execution_start: true,
  task_execution_progress: true,
  task_execution_complete: true,
  masterplan_execution_complete: true,
}
export const EVENT_TYPES = Object.keys(TYPES) as EventType[]
