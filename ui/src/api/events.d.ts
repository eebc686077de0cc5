// Made from contract/events.json; run `npm run types` to make it anew.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ExecutionFinished
         * @description Every task that could run has finished; `duration_s` counts from the start of execution.
         */
        ExecutionFinished: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            outcome: components["schemas"]["PlanOutcome"];
            /** Completed Tasks */
            completed_tasks: number;
            /** Failed Tasks */
            failed_tasks: number;
            /** Skipped Tasks */
            skipped_tasks: number;
            /** Total Tasks */
            total_tasks: number;
            /** Workspace Path */
            workspace_path: string | null;
            /** Duration S */
            duration_s: number;
        };
        /** ExecutionStarted */
        ExecutionStarted: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            /** Workspace Id */
            workspace_id: string;
            /** Workspace Path */
            workspace_path: string;
            /** Total Tasks */
            total_tasks: number;
        };
        /**
         * GenerationProgressed
         * @description The planner has come a step further; `percent` is 0 to 100.
         */
        GenerationProgressed: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            /** Phase */
            phase: string;
            /** Percent */
            percent: number;
            /** Message */
            message: string;
            /** Tasks So Far */
            tasks_so_far: number;
        };
        /**
         * MessageDelta
         * @description Text of an answer that is being written, from character `offset` on; never recorded.
         *
         *     An offset before the end of what was told takes the place of what came after it: the model was
         *     asked again. Characters are Unicode's code points.
         */
        MessageDelta: {
            /** Conversation Id */
            conversation_id: string;
            /** Message Id */
            message_id: string;
            /** Offset */
            offset: number;
            /** Text */
            text: string;
        };
        /**
         * PlanOutcome
         * @description How a completed plan ended.
         * @enum {string}
         */
        PlanOutcome: "succeeded" | "partial" | "failed";
        /**
         * PlanStatus
         * @enum {string}
         */
        PlanStatus: "generating" | "draft" | "approved" | "rejected" | "in_progress" | "paused" | "completed" | "failed" | "cancelled";
        /** PlanStatusChanged */
        PlanStatusChanged: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            status: components["schemas"]["PlanStatus"];
            previous: components["schemas"]["PlanStatus"] | null;
            /**
             * Reason
             * @default null
             */
            reason: string | null;
            /** By */
            by: string;
        };
        /**
         * TaskFinished
         * @description A task reached its end, until a person retries it.
         */
        TaskFinished: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            /** Task Id */
            task_id: string;
            /** Task Number */
            task_number: number;
            /** Phase Id */
            phase_id: string;
            /** Milestone Id */
            milestone_id: string;
            /**
             * Status
             * @enum {string}
             */
            status: "completed" | "failed" | "skipped" | "cancelled";
            /** Output Files */
            output_files: string[];
            /**
             * Error
             * @default null
             */
            error: string | null;
            /**
             * Blocked By
             * @default null
             */
            blocked_by: string | null;
            /** Attempt */
            attempt: number;
            /** Completed Tasks */
            completed_tasks: number;
            /** Failed Tasks */
            failed_tasks: number;
            /** Total Tasks */
            total_tasks: number;
        };
        /**
         * TaskLogged
         * @description Text appended to an attempt's log at byte `offset`; never recorded.
         */
        TaskLogged: {
            /** Masterplan Id */
            masterplan_id: string;
            /** Task Id */
            task_id: string;
            /** Attempt */
            attempt: number;
            /** Offset */
            offset: number;
            /** Text */
            text: string;
        };
        /**
         * TaskProgressed
         * @description A task became pending, ready, in_progress or validating.
         *
         *     `current_task` is how many tasks have been started so far; `attempt` is 0 before the first.
         *     `waiting_reason` says what a running task stands still for, since `waiting_since`; both are None
         *     while it does not.
         */
        TaskProgressed: {
            masterplan_id: string;
            seq: number;
            /** Format: date-time */
            occurred_at: string;
            /** Task Id */
            task_id: string;
            /** Task Number */
            task_number: number;
            /** Phase Id */
            phase_id: string;
            /** Milestone Id */
            milestone_id: string;
            status: components["schemas"]["TaskStatus"];
            /** Description */
            description: string;
            /** Attempt */
            attempt: number;
            /** Current Task */
            current_task: number;
            /** Completed Tasks */
            completed_tasks: number;
            /** Total Tasks */
            total_tasks: number;
            /**
             * Waiting Reason
             * @default null
             */
            waiting_reason: string | null;
            /**
             * Waiting Since
             * @default null
             */
            waiting_since: string | null;
        };
        /**
         * TaskStatus
         * @enum {string}
         */
        TaskStatus: "pending" | "ready" | "in_progress" | "validating" | "completed" | "failed" | "skipped" | "cancelled";
        RecordedMessages: {
            masterplan_generation_progress: components["schemas"]["GenerationProgressed"];
            masterplan_status: components["schemas"]["PlanStatusChanged"];
            masterplan_execution_start: components["schemas"]["ExecutionStarted"];
            task_execution_progress: components["schemas"]["TaskProgressed"];
            task_execution_complete: components["schemas"]["TaskFinished"];
            masterplan_execution_complete: components["schemas"]["ExecutionFinished"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
