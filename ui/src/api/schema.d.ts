// Made from contract/openapi.json; run `npm run types` to make it anew.

export interface paths {
    "/api/v1/masterplans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Masterplans */
        get: operations["list_masterplans_api_v1_masterplans_get"];
        put?: never;
        /**
         * Create Masterplan
         * @description Store a plan document as a draft.
         */
        post: operations["create_masterplan_api_v1_masterplans_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Generate Masterplan
         * @description Let the planner make a plan of a goal; it ends as a draft, or failed with the reason.
         */
        post: operations["generate_masterplan_api_v1_masterplans_generate_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Masterplan
         * @description The plan; 304 where it is still what one of the ETags in If-None-Match names.
         */
        get: operations["get_masterplan_api_v1_masterplans__masterplan_id__get"];
        /**
         * Edit Masterplan
         * @description Put a plan document in the place of the present one, as the plan's next revision.
         *
         *     The result is a draft, so target_files may be missing. In a plan that was executed, what is
         *     completed and untouched stays completed; all else runs once the draft is approved and executed.
         */
        put: operations["edit_masterplan_api_v1_masterplans__masterplan_id__put"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve Masterplan
         * @description Approve a draft; its plan_hash, where given, must be the current one.
         */
        post: operations["approve_masterplan_api_v1_masterplans__masterplan_id__approve_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reject Masterplan */
        post: operations["reject_masterplan_api_v1_masterplans__masterplan_id__reject_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Execute Masterplan
         * @description Make the workspace of an approved plan and start its tasks.
         */
        post: operations["execute_masterplan_api_v1_masterplans__masterplan_id__execute_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause Masterplan
         * @description Start no more tasks; those that run go on to their end.
         */
        post: operations["pause_masterplan_api_v1_masterplans__masterplan_id__pause_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume Masterplan
         * @description Let a paused plan go on, with a larger budget where one is given.
         */
        post: operations["resume_masterplan_api_v1_masterplans__masterplan_id__resume_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Raise Budget
         * @description Change what an approved plan, or one of its tasks, may use; the approval stays.
         */
        patch: operations["raise_budget_api_v1_masterplans__masterplan_id__budget_patch"];
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Failed Tasks
         * @description Run every failed task again, with guidance if given, and what they had blocked.
         */
        post: operations["retry_failed_tasks_api_v1_masterplans__masterplan_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel Masterplan
         * @description End the plan, with whatever runs for it; what was published stays.
         *
         *     While a model revises the plan, only that is ended, and the plan is as it was before.
         */
        post: operations["cancel_masterplan_api_v1_masterplans__masterplan_id__cancel_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Timeline
         * @description When each attempt at the plan's tasks ran, in the order of their starts.
         */
        get: operations["get_timeline_api_v1_masterplans__masterplan_id__timeline_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Events
         * @description The plan's events after a number, in order. With `wait` the answer waits for one.
         */
        get: operations["list_events_api_v1_masterplans__masterplan_id__events_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import Masterplan
         * @description Store a plan file as a draft; notices say what was inferred or left out, with its line.
         */
        post: operations["import_masterplan_api_v1_masterplans_import_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export Masterplan
         * @description The plan as a plan file: in the format it came in, that very text with its ticks.
         */
        get: operations["export_masterplan_api_v1_masterplans__masterplan_id__export_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Conversations
         * @description A page of conversations, those that changed last coming first.
         */
        get: operations["list_conversations_api_v1_conversations_get"];
        put?: never;
        /** Begin Conversation */
        post: operations["begin_conversation_api_v1_conversations_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Conversation
         * @description The conversation with its messages. With `wait` the answer waits for a change.
         */
        get: operations["get_conversation_api_v1_conversations__conversation_id__get"];
        put?: never;
        post?: never;
        /**
         * Delete Conversation
         * @description Delete the conversation; plans that were begun in it stay.
         */
        delete: operations["delete_conversation_api_v1_conversations__conversation_id__delete"];
        options?: never;
        head?: never;
        /**
         * Change Conversation
         * @description Rename the conversation, or let another model answer, or name another repository.
         */
        patch: operations["change_conversation_api_v1_conversations__conversation_id__patch"];
        trace?: never;
    };
    "/api/v1/conversations/{conversation_id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send Message
         * @description Say something; the answer is written meanwhile, or a plan is made.
         */
        post: operations["send_message_api_v1_conversations__conversation_id__messages_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Answer
         * @description Have the last message answered again, where its answer failed or was stopped.
         */
        post: operations["retry_answer_api_v1_conversations__conversation_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/conversations/{conversation_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop Answer
         * @description Stop the answer that is being written; what there is of it stays.
         */
        post: operations["stop_answer_api_v1_conversations__conversation_id__stop_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/discovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Discovery
         * @description What the planner saw of the plan's repository; null where it has looked at none.
         */
        get: operations["get_discovery_api_v1_masterplans__masterplan_id__discovery_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/document": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Document
         * @description The plan as a document, with the hash to send along when it is put back changed.
         */
        get: operations["get_document_api_v1_masterplans__masterplan_id__document_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Evidence
         * @description What proves each task that was attempted, without what its checks printed.
         */
        get: operations["get_evidence_api_v1_masterplans__masterplan_id__evidence_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Forecast
         * @description What the tasks that are left will take: time, tokens and money, as ranges.
         *
         *     Rests on past tasks of this installation that were done by the same agent with the same model,
         *     where there are enough, and on assumptions where not.
         */
        get: operations["get_forecast_api_v1_masterplans__masterplan_id__forecast_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Revisions
         * @description The revisions of the plan, those of which nothing came included, the newest first.
         */
        get: operations["list_revisions_api_v1_masterplans__masterplan_id__revisions_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Revision
         * @description One revision with its document.
         */
        get: operations["get_revision_api_v1_masterplans__masterplan_id__revisions__number__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/revisions/{number}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Diff Revisions
         * @description What differs in revision `to` from this one: tasks added, removed, changed and moved.
         */
        get: operations["diff_revisions_api_v1_masterplans__masterplan_id__revisions__number__diff_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Restore Revision
         * @description Let the plan say what that revision said, as its next revision: a draft, as after an edit.
         *
         *     What was built for that revision and is still there counts again.
         */
        post: operations["restore_revision_api_v1_masterplans__masterplan_id__revisions__number__restore_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/revise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revise Masterplan
         * @description Let a model revise the plan as the feedback and the pending comments say.
         *
         *     The plan is generating until its next revision is a draft. If nothing comes of it the plan is
         *     as it was before, and the revision is kept as failed with the reason.
         */
        post: operations["revise_masterplan_api_v1_masterplans__masterplan_id__revise_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Comments
         * @description The comments on the plan, those that were sent with an earlier request included.
         */
        get: operations["list_comments_api_v1_masterplans__masterplan_id__comments_get"];
        put?: never;
        /**
         * Add Comment
         * @description Remark on a task or on the plan; it is sent with the next request for a revision.
         */
        post: operations["add_comment_api_v1_masterplans__masterplan_id__comments_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete Comment
         * @description Withdraw a comment that was not sent yet.
         */
        delete: operations["delete_comment_api_v1_masterplans__masterplan_id__comments__comment_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry Task
         * @description Run a failed task again, with guidance if given, and what it had blocked.
         */
        post: operations["retry_task_api_v1_masterplans__masterplan_id__tasks__task_id__retry_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get Task */
        get: operations["get_task_api_v1_masterplans__masterplan_id__tasks__task_id__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List Attempts */
        get: operations["list_attempts_api_v1_masterplans__masterplan_id__tasks__task_id__attempts_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts/{number}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Attempt Log
         * @description The attempt's log from a byte offset; `X-Log-Offset` says where the next part begins.
         */
        get: operations["get_attempt_log_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__log_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts/{number}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Requests
         * @description What the attempt asked models, and what they answered, as text.
         */
        get: operations["list_requests_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__requests_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/tasks/{task_id}/attempts/{number}/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Attempt Diff
         * @description What the attempt changed, published or not, as a unified diff.
         */
        get: operations["get_attempt_diff_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__diff_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List Files
         * @description The paths of the published files, sorted.
         */
        get: operations["list_files_api_v1_masterplans__masterplan_id__files_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/files/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get File
         * @description One published file: as text where it is UTF-8, else as bytes to save.
         */
        get: operations["get_file_api_v1_masterplans__masterplan_id__files__path__get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/masterplans/{masterplan_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Archive
         * @description All published files as a ZIP archive.
         */
        get: operations["get_archive_api_v1_masterplans__masterplan_id__archive_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system/prunable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Prunable
         * @description What could be removed: logs and unpublished attempts of ended plans, the oldest first.
         *
         *     What models were asked for plans and in conversations so long ago counts in `bytes` alone.
         */
        get: operations["get_prunable_api_v1_system_prunable_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system/prunable/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prune
         * @description Remove logs and unpublished attempts of plans that ended long ago.
         *
         *     Their rows, events, evidence and branch stay. What models were asked for plans and in
         *     conversations so long ago goes too.
         */
        post: operations["prune_api_v1_system_prunable_remove_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Health
         * @description Answers while the process lives.
         */
        get: operations["get_health_healthz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Readiness
         * @description Answers while the database does too.
         */
        get: operations["get_readiness_readyz_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Metrics
         * @description Prometheus' text format.
         */
        get: operations["get_metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schema/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get Plan Schema
         * @description The JSON Schema of a plan document.
         */
        get: operations["get_plan_schema_api_v1_schema_plan_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get System
         * @description What works here: the findings of `masterplan doctor`, models, agents and the sandbox.
         */
        get: operations["get_system_api_v1_system_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * ApproveRequest
         * @description With `plan_hash`, only the plan that has this hash is approved.
         */
        ApproveRequest: {
            /** Plan Hash */
            plan_hash?: string | null;
        };
        /** AttemptList */
        AttemptList: {
            /** Attempts */
            attempts: components["schemas"]["AttemptView"][];
        };
        /**
         * AttemptSpan
         * @description When an attempt ran; `finished_at` is None while it does.
         */
        AttemptSpan: {
            /** Task Id */
            task_id: string;
            /** Number */
            number: number;
            status: components["schemas"]["AttemptStatus"];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Finished At */
            finished_at: string | null;
        };
        /**
         * AttemptStatus
         * @enum {string}
         */
        AttemptStatus: "in_progress" | "completed" | "failed" | "cancelled";
        /** AttemptView */
        AttemptView: {
            /** Number */
            number: number;
            status: components["schemas"]["AttemptStatus"];
            /** Agent */
            agent: string;
            /** Model */
            model: string | null;
            /** Guidance */
            guidance: string | null;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /** Cost Usd */
            cost_usd: string;
            /** Unpriced Requests */
            unpriced_requests: number;
            failure_kind: components["schemas"]["FailureKind"] | null;
            /** Error */
            error: string | null;
            /** Commit */
            commit: string | null;
            /** Check Results */
            check_results: components["schemas"]["CheckResult"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Finished At */
            finished_at: string | null;
        };
        /**
         * BeginConversation
         * @description Without a title, the first message gives it one.
         */
        BeginConversation: {
            /** Title */
            title?: string | null;
            /** Model */
            model?: string | null;
            /** Repository */
            repository?: string | null;
        };
        /**
         * BudgetRequest
         * @description What a budget is raised to: the plan's, or that of the task `task_id`.
         */
        BudgetRequest: {
            /** Budget Usd */
            budget_usd?: number | string | null;
            /** Budget Tokens */
            budget_tokens?: number | null;
            /** Task Id */
            task_id?: string | null;
        };
        /**
         * ChangeConversation
         * @description What is not named stays; a null takes the model or the repository away.
         */
        ChangeConversation: {
            /**
             * Title
             * @default
             */
            title: string;
            /** Model */
            model?: string | null;
            /** Repository */
            repository?: string | null;
        };
        /**
         * CheckResult
         * @description The evidence of one check; durations in seconds.
         *
         *     `passed_on_base` tells whether it passed without the attempt's work too: a check that did
         *     proves nothing about the work. It is None where the check failed and so was not tried there.
         */
        CheckResult: {
            /** Command */
            command: string;
            /** Passed */
            passed: boolean;
            /** Exit Code */
            exit_code: number;
            /** Timed Out */
            timed_out: boolean;
            /**
             * Output Truncated
             * @default false
             */
            output_truncated: boolean;
            /** Duration S */
            duration_s: number;
            /** Output Tail */
            output_tail: string;
            /** Passed On Base */
            passed_on_base?: boolean | null;
        };
        /**
         * CheckVerdict
         * @description What a check came to; `passed_on_base` says that it passes without the work too.
         */
        CheckVerdict: {
            /** Command */
            command: string;
            /** Passed */
            passed: boolean;
            /** Timed Out */
            timed_out: boolean;
            /** Passed On Base */
            passed_on_base: boolean | null;
        };
        /** CommentList */
        CommentList: {
            /** Comments */
            comments: components["schemas"]["CommentView"][];
        };
        /**
         * CommentRequest
         * @description A remark on the task of that key, or on the plan as a whole.
         */
        CommentRequest: {
            /** Text */
            text: string;
            /** Task Key */
            task_key?: string | null;
        };
        /**
         * CommentView
         * @description `revision` is what it was written about, `sent_in` the revision it was sent for, if any.
         */
        CommentView: {
            /** Comment Id */
            comment_id: string;
            /** Task Key */
            task_key: string | null;
            /** Text */
            text: string;
            /** Author */
            author: string;
            /** Revision */
            revision: number;
            /** Sent In */
            sent_in: number | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /**
         * Complexity
         * @enum {string}
         */
        Complexity: "low" | "medium" | "high" | "critical";
        /**
         * Conventions
         * @description How the code is written and laid out; None where that cannot be told.
         */
        Conventions: {
            /** Indentation */
            indentation?: string | null;
            /** Line Length */
            line_length?: number | null;
            /**
             * Tools
             * @default []
             */
            tools: string[];
            /** Tests */
            tests?: string | null;
        };
        /** ConversationDetail */
        ConversationDetail: {
            /** Conversation Id */
            conversation_id: string;
            /** Title */
            title: string;
            /** Model */
            model: string | null;
            /** Repository */
            repository: string | null;
            /** Version */
            version: number;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /** Cost Usd */
            cost_usd: string;
            /**
             * Unpriced Requests
             * @description Model requests whose cost is not known.
             */
            unpriced_requests: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /**
             * Messages
             * @description All, or with `after` those that changed after that version.
             */
            messages: components["schemas"]["MessageView"][];
        };
        /** ConversationPage */
        ConversationPage: {
            /** Conversations */
            conversations: components["schemas"]["ConversationSummary"][];
            /** Total */
            total: number;
            /** Limit */
            limit: number;
            /** Offset */
            offset: number;
        };
        /** ConversationSummary */
        ConversationSummary: {
            /** Conversation Id */
            conversation_id: string;
            /** Title */
            title: string;
            /** Model */
            model: string | null;
            /** Repository */
            repository: string | null;
            /** Version */
            version: number;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /** Cost Usd */
            cost_usd: string;
            /**
             * Unpriced Requests
             * @description Model requests whose cost is not known.
             */
            unpriced_requests: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /** DiscoveryAnswer */
        DiscoveryAnswer: {
            discovery: components["schemas"]["RepositoryFacts"] | null;
        };
        /**
         * EditableDocument
         * @description A plan's document to be changed, with the hash that the change is then bound to.
         */
        EditableDocument: {
            /** Revision */
            revision: number;
            /** Plan Hash */
            plan_hash: string | null;
            document: components["schemas"]["PlanDocument"];
        };
        /** EventPage */
        EventPage: {
            /** Events */
            events: components["schemas"]["EventView"][];
            /** Last Seq */
            last_seq: number;
        };
        /**
         * EventView
         * @description A recorded event: its type, and the message as Socket.IO clients receive it.
         */
        EventView: {
            /** Type */
            type: string;
            /** Masterplan Id */
            masterplan_id: string;
            /** Seq */
            seq: number;
            /**
             * Occurred At
             * Format: date-time
             */
            occurred_at: string;
            /** Payload */
            payload: {
                [key: string]: unknown;
            };
        };
        /**
         * Excerpt
         * @description A file's beginning or, of code, its interface.
         */
        Excerpt: {
            /** Path */
            path: string;
            /** Text */
            text: string;
        };
        /** ExecutionAnswer */
        ExecutionAnswer: {
            /** Masterplan Id */
            masterplan_id: string;
            status: components["schemas"]["PlanStatus"];
            /** Workspace Id */
            workspace_id: string;
            /** Workspace Path */
            workspace_path: string;
            /** Total Tasks */
            total_tasks: number;
        };
        /**
         * FailureKind
         * @description Why an attempt failed, as far as it matters for what comes next.
         * @enum {string}
         */
        FailureKind: "checks" | "contract" | "agent" | "conflict" | "credentials" | "refused" | "budget" | "environment" | "interrupted";
        /**
         * FieldChange
         * @description A field with its value before and after; null where it had none.
         */
        FieldChange: {
            /** Field */
            field: string;
            old: components["schemas"]["JsonValue"];
            new: components["schemas"]["JsonValue"];
        };
        /**
         * FileList
         * @description The files of the workspace's branch at `commit`; None before execution has begun.
         */
        FileList: {
            /** Commit */
            commit: string | null;
            /** Files */
            files: string[];
        };
        /** FindingView */
        FindingView: {
            /** Name */
            name: string;
            verdict: components["schemas"]["Verdict"];
            /** Said */
            said: string;
            /** Remedy */
            remedy: string;
        };
        /**
         * ForecastView
         * @description What the tasks that are left will take; eight in ten simulated runs lie in each range.
         *
         *     `critical_path` names task ids in order, `parallel_width` is the most tasks that could run at
         *     a time, `cost_usd` leaves out `unpriced_tasks` and is null where no price is known,
         *     `within_budget` is the share of the runs that stay within the budget, null where there is none.
         *     `tasks_from_history` rest on this installation's `past_tasks`, the others on assumptions.
         */
        ForecastView: {
            /** Max Parallel */
            max_parallel: number;
            /** Tasks */
            tasks: number;
            /** Critical Path */
            critical_path: string[];
            critical_path_s: components["schemas"]["SecondsRange"];
            /** Parallel Width */
            parallel_width: number;
            duration_s: components["schemas"]["SecondsRange"];
            tokens_input: components["schemas"]["TokenRange"];
            tokens_output: components["schemas"]["TokenRange"];
            cost_usd: components["schemas"]["MoneyRange"] | null;
            /** Unpriced Tasks */
            unpriced_tasks: number;
            /** Within Budget */
            within_budget: number | null;
            /** Tasks From History */
            tasks_from_history: number;
            /** Past Tasks */
            past_tasks: number;
        };
        /** GenerateRequest */
        GenerateRequest: {
            /** Goal */
            goal: string;
            /** Repository */
            repository?: string | null;
            settings?: components["schemas"]["PlanSettings-Input"];
        };
        /** Health */
        Health: {
            /** Status */
            status: string;
            /** Version */
            version: string;
        };
        /** ImportAnswer */
        ImportAnswer: {
            masterplan: components["schemas"]["MasterplanDetail"];
            /** Notices */
            notices: string[];
        };
        JsonValue: unknown;
        /** Language */
        Language: {
            /** Name */
            name: string;
            /** Percent */
            percent: number;
            /** Files */
            files: number;
        };
        /**
         * LeftOut
         * @description How many files were not looked into, by the reason.
         */
        LeftOut: {
            /**
             * Secret
             * @default 0
             */
            secret: number;
            /**
             * Binary
             * @default 0
             */
            binary: number;
            /**
             * Generated
             * @default 0
             */
            generated: number;
            /**
             * Large
             * @default 0
             */
            large: number;
            /**
             * Unread
             * @default 0
             */
            unread: number;
        };
        /**
         * MasterplanDetail
         * @description A plan in full; `warnings` is empty once the plan is neither draft nor rejected.
         *
         *     With `tasks=counts` it holds no task and no warning, with `tasks=none` no phase either.
         */
        MasterplanDetail: {
            /** Masterplan Id */
            masterplan_id: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Goal */
            goal: string;
            /** Repository */
            repository: string | null;
            status: components["schemas"]["PlanStatus"];
            outcome: components["schemas"]["PlanOutcome"] | null;
            /** Revision */
            revision: number;
            /** Plan Hash */
            plan_hash: string | null;
            /** Warning Count */
            warning_count: number;
            /** Approved By */
            approved_by: string | null;
            /** Approved At */
            approved_at: string | null;
            /** Rejection Reason */
            rejection_reason: string | null;
            /** Failure Reason */
            failure_reason: string | null;
            /**
             * Pause Reason
             * @description Why the engine paused the plan.
             */
            pause_reason: string | null;
            /** Workspace Id */
            workspace_id: string | null;
            /** Workspace Path */
            workspace_path: string | null;
            /** Branch */
            branch: string;
            /** Total Tasks */
            total_tasks: number;
            /** Completed Tasks */
            completed_tasks: number;
            /** Failed Tasks */
            failed_tasks: number;
            /** Skipped Tasks */
            skipped_tasks: number;
            /** Cancelled Tasks */
            cancelled_tasks: number;
            /** Cost Usd */
            cost_usd: string;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /**
             * Unpriced Requests
             * @description Model requests whose cost is not known.
             */
            unpriced_requests: number;
            /** Budget Usd */
            budget_usd: string | null;
            /** Budget Tokens */
            budget_tokens: number | null;
            /** Last Seq */
            last_seq: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Started At */
            started_at: string | null;
            /** Completed At */
            completed_at: string | null;
            settings: components["schemas"]["PlanSettings-Output"];
            source: components["schemas"]["SourceView"] | null;
            /** Warnings */
            warnings: components["schemas"]["WarningView"][];
            /** Phases */
            phases: components["schemas"]["PhaseView"][];
        };
        /**
         * MasterplanPage
         * @description Plans, newest first; `counts` are of what matches the text, whatever statuses were asked for.
         *
         *     A status that no plan has is missing from `counts`.
         */
        MasterplanPage: {
            /** Masterplans */
            masterplans: components["schemas"]["MasterplanSummary"][];
            /** Total */
            total: number;
            /** Counts */
            counts: {
                [key: string]: number;
            };
            /** Limit */
            limit: number;
            /** Offset */
            offset: number;
        };
        /** MasterplanSummary */
        MasterplanSummary: {
            /** Masterplan Id */
            masterplan_id: string;
            /** Title */
            title: string;
            /** Description */
            description: string;
            /** Goal */
            goal: string;
            /** Repository */
            repository: string | null;
            status: components["schemas"]["PlanStatus"];
            outcome: components["schemas"]["PlanOutcome"] | null;
            /** Revision */
            revision: number;
            /** Plan Hash */
            plan_hash: string | null;
            /** Warning Count */
            warning_count: number;
            /** Approved By */
            approved_by: string | null;
            /** Approved At */
            approved_at: string | null;
            /** Rejection Reason */
            rejection_reason: string | null;
            /** Failure Reason */
            failure_reason: string | null;
            /**
             * Pause Reason
             * @description Why the engine paused the plan.
             */
            pause_reason: string | null;
            /** Workspace Id */
            workspace_id: string | null;
            /** Workspace Path */
            workspace_path: string | null;
            /** Branch */
            branch: string;
            /** Total Tasks */
            total_tasks: number;
            /** Completed Tasks */
            completed_tasks: number;
            /** Failed Tasks */
            failed_tasks: number;
            /** Skipped Tasks */
            skipped_tasks: number;
            /** Cancelled Tasks */
            cancelled_tasks: number;
            /** Cost Usd */
            cost_usd: string;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /**
             * Unpriced Requests
             * @description Model requests whose cost is not known.
             */
            unpriced_requests: number;
            /** Budget Usd */
            budget_usd: string | null;
            /** Budget Tokens */
            budget_tokens: number | null;
            /** Last Seq */
            last_seq: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
            /** Started At */
            started_at: string | null;
            /** Completed At */
            completed_at: string | null;
        };
        /**
         * MessageRole
         * @description Who says a message of a conversation.
         * @enum {string}
         */
        MessageRole: "person" | "assistant" | "plan";
        /**
         * MessageStatus
         * @enum {string}
         */
        MessageStatus: "writing" | "complete" | "stopped" | "failed";
        /** MessageView */
        MessageView: {
            /** Message Id */
            message_id: string;
            /** Conversation Id */
            conversation_id: string;
            /** Ordinal */
            ordinal: number;
            /**
             * Version
             * @description The conversation's version when this last changed.
             */
            version: number;
            role: components["schemas"]["MessageRole"];
            status: components["schemas"]["MessageStatus"];
            /** Text */
            text: string;
            /** Questions */
            questions: string[];
            /**
             * Goal
             * @description All that was known by then, as a planner is told it.
             */
            goal: string | null;
            /**
             * Ready
             * @description Whether that is enough for a plan.
             */
            ready: boolean;
            /** Model */
            model: string | null;
            /**
             * Error
             * @description Why there is no answer, and what to do.
             */
            error: string | null;
            /** Waiting Reason */
            waiting_reason: string | null;
            /** Masterplan Id */
            masterplan_id: string | null;
            /** @description How the plan of this message stands. */
            plan: components["schemas"]["PlanInConversation"] | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /**
             * Updated At
             * Format: date-time
             */
            updated_at: string;
        };
        /**
         * MilestoneDocument
         * @description Tasks that together reach something that can be shown.
         */
        MilestoneDocument: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description: string;
            /** Tasks */
            tasks: components["schemas"]["TaskDocument"][];
        };
        /**
         * MilestoneView
         * @description A milestone with its tasks, or where only counts were asked for, without them.
         */
        MilestoneView: {
            /** Milestone Id */
            milestone_id: string;
            /** Name */
            name: string;
            /** Description */
            description: string;
            /** Tasks */
            tasks: components["schemas"]["TaskView"][];
            /**
             * Task Counts
             * @description Tasks of each status, where only counts were asked for.
             */
            task_counts?: {
                [key: string]: number;
            } | null;
        };
        /**
         * ModelMessageView
         * @description A message of a request as text; `role` is system, user, assistant or tool.
         */
        ModelMessageView: {
            /**
             * Role
             * @enum {string}
             */
            role: "system" | "user" | "assistant" | "tool";
            /** Text */
            text: string;
        };
        /** ModelRequestList */
        ModelRequestList: {
            /** Requests */
            requests: components["schemas"]["ModelRequestView"][];
        };
        /**
         * ModelRequestView
         * @description A request to a model. `answer` is None until it is there; `cost_usd` where no price is known.
         *
         *     Until it is answered, its tokens and cost are the most that is reserved for it. `replayed` tells
         *     that the answer was taken over from an interrupted attempt and not paid for again.
         */
        ModelRequestView: {
            /** Ordinal */
            ordinal: number;
            /** Model */
            model: string;
            /**
             * Asked At
             * Format: date-time
             */
            asked_at: string;
            /** Answered At */
            answered_at: string | null;
            /** Waited S */
            waited_s: number;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /** Cost Usd */
            cost_usd: string | null;
            /** Replayed */
            replayed: boolean;
            /** Messages */
            messages: components["schemas"]["ModelMessageView"][];
            /** Answer */
            answer: string | null;
            /** Error */
            error: string | null;
        };
        /**
         * ModelView
         * @description A language model; `reason` says what makes it usable or what would, never a key.
         */
        ModelView: {
            /** Name */
            name: string;
            /** Usable */
            usable: boolean;
            /** Reason */
            reason: string;
            /** Default */
            default: boolean;
        };
        /** MoneyRange */
        MoneyRange: {
            /** Low */
            low: string;
            /** Likely */
            likely: string;
            /** High */
            high: string;
        };
        /**
         * PhaseDocument
         * @description A stage of the plan.
         */
        PhaseDocument: {
            /** Name */
            name: string;
            /**
             * Description
             * @default
             */
            description: string;
            /** Milestones */
            milestones: components["schemas"]["MilestoneDocument"][];
        };
        /** PhaseView */
        PhaseView: {
            /** Phase Id */
            phase_id: string;
            /** Name */
            name: string;
            /** Description */
            description: string;
            /** Milestones */
            milestones: components["schemas"]["MilestoneView"][];
        };
        /**
         * PlanDiff
         * @description What differs: the plan's own fields, then its tasks in the later revision's order.
         *
         *     Removed tasks come last. Fields of the settings are named `settings.NAME`.
         */
        PlanDiff: {
            /** Fields */
            fields: components["schemas"]["FieldChange"][];
            /** Tasks */
            tasks: components["schemas"]["TaskChange"][];
        };
        /**
         * PlanDocument
         * @description A whole plan: phases, milestones and tasks.
         */
        PlanDocument: {
            /** Title */
            title: string;
            /**
             * Description
             * @default
             */
            description: string;
            /**
             * Goal
             * @description The words that the plan came from.
             * @default
             */
            goal: string;
            /**
             * Repository
             * @description Path or URL of a git repository to work on a branch of; a new one where none is named.
             */
            repository?: string | null;
            settings?: components["schemas"]["PlanSettings-Output"];
            /** Phases */
            phases: components["schemas"]["PhaseDocument"][];
        };
        /** PlanEvidence */
        PlanEvidence: {
            /** Tasks */
            tasks: components["schemas"]["TaskEvidence"][];
        };
        /**
         * PlanFormat
         * @description How a plan file is written.
         * @enum {string}
         */
        PlanFormat: "masterplan" | "agent_os" | "spec_kit" | "kiro" | "task_master" | "beads";
        /** PlanInConversation */
        PlanInConversation: {
            /** Masterplan Id */
            masterplan_id: string;
            /** Title */
            title: string;
            status: components["schemas"]["PlanStatus"];
            outcome: components["schemas"]["PlanOutcome"] | null;
            /** Total Tasks */
            total_tasks: number;
            /** Completed Tasks */
            completed_tasks: number;
            /** Failure Reason */
            failure_reason: string | null;
        };
        /**
         * PlanOutcome
         * @description How a completed plan ended.
         * @enum {string}
         */
        PlanOutcome: "succeeded" | "partial" | "failed";
        /**
         * PlanSettings
         * @description How the plan is executed; part of what is approved.
         */
        "PlanSettings-Input": {
            /**
             * Agent
             * @description Who does the tasks that name no agent.
             * @default llm
             */
            agent: string;
            /**
             * Model
             * @description `provider:model` or `local`; the operator's setting where none is named.
             */
            model?: string | null;
            /**
             * Max Parallel
             * @description Most tasks that run at the same time; the operator's setting where none is named.
             */
            max_parallel?: number | null;
            /**
             * Budget Usd
             * @description What the plan's model requests together may cost, in US dollars.
             */
            budget_usd?: number | string | null;
            /**
             * Budget Tokens
             * @description How many tokens the plan's model requests together may use.
             */
            budget_tokens?: number | null;
            /**
             * Network
             * @description Whether commands and checks may reach the network.
             * @default false
             */
            network: boolean;
        };
        /**
         * PlanSettings
         * @description How the plan is executed; part of what is approved.
         */
        "PlanSettings-Output": {
            /**
             * Agent
             * @description Who does the tasks that name no agent.
             * @default llm
             */
            agent: string;
            /**
             * Model
             * @description `provider:model` or `local`; the operator's setting where none is named.
             */
            model?: string | null;
            /**
             * Max Parallel
             * @description Most tasks that run at the same time; the operator's setting where none is named.
             */
            max_parallel?: number | null;
            /**
             * Budget Usd
             * @description What the plan's model requests together may cost, in US dollars.
             */
            budget_usd?: string | null;
            /**
             * Budget Tokens
             * @description How many tokens the plan's model requests together may use.
             */
            budget_tokens?: number | null;
            /**
             * Network
             * @description Whether commands and checks may reach the network.
             * @default false
             */
            network: boolean;
        };
        /**
         * PlanStatus
         * @enum {string}
         */
        PlanStatus: "generating" | "draft" | "approved" | "rejected" | "in_progress" | "paused" | "completed" | "failed" | "cancelled";
        /**
         * ProjectCommand
         * @description A command that the repository itself brings, and the file that says so.
         */
        ProjectCommand: {
            purpose: components["schemas"]["Purpose"];
            /** Command */
            command: string;
            /** Source */
            source: string;
            /** Runs Here */
            runs_here?: boolean | null;
        };
        /** PrunableView */
        PrunableView: {
            /** Masterplan Id */
            masterplan_id: string;
            /** Title */
            title: string;
            /**
             * Ended At
             * Format: date-time
             */
            ended_at: string;
            /** Bytes */
            bytes: number;
        };
        /** PruneRequest */
        PruneRequest: {
            /**
             * Older Than Days
             * @description Days since the end.
             * @default 30
             */
            older_than_days: number;
        };
        /** PruneView */
        PruneView: {
            /** Plans */
            plans: components["schemas"]["PrunableView"][];
            /** Bytes */
            bytes: number;
        };
        /**
         * Purpose
         * @enum {string}
         */
        Purpose: "test" | "build" | "lint" | "run";
        /** RejectRequest */
        RejectRequest: {
            /** Rejection Reason */
            rejection_reason?: string | null;
        };
        /**
         * RepositoryFacts
         * @description A repository at one commit.
         */
        RepositoryFacts: {
            /** Commit */
            commit: string;
            /** Files */
            files: number;
            /** Complete */
            complete: boolean;
            /** Languages */
            languages: components["schemas"]["Language"][];
            /** Commands */
            commands: components["schemas"]["ProjectCommand"][];
            conventions: components["schemas"]["Conventions"];
            /** Paths */
            paths: string[];
            /** Interfaces */
            interfaces: components["schemas"]["Excerpt"][];
            /** Documents */
            documents: components["schemas"]["Excerpt"][];
            left_out: components["schemas"]["LeftOut"];
            /**
             * Summary
             * @description Such as "Python 82%, Shell 18%, 41 files, tests: pytest".
             */
            readonly summary: string;
        };
        /**
         * RestoreRequest
         * @description With `plan_hash`, only if the plan is still the one that was read.
         */
        RestoreRequest: {
            /** Plan Hash */
            plan_hash?: string | null;
        };
        /**
         * RetryRequest
         * @description `guidance` is told to the agent.
         */
        RetryRequest: {
            /** Guidance */
            guidance?: string | null;
        };
        /**
         * ReviseRequest
         * @description What a model shall change, beside the pending comments, which are sent along.
         *
         *     With `plan_hash`, only if the plan is still the one that was read.
         */
        ReviseRequest: {
            /** Feedback */
            feedback?: string | null;
            /** Plan Hash */
            plan_hash?: string | null;
        };
        /**
         * RevisionDetail
         * @description A revision with its document, which is null while it is generated and where it failed.
         */
        RevisionDetail: {
            /** Number */
            number: number;
            status: components["schemas"]["RevisionStatus"];
            /** Author */
            author: string;
            /**
             * Author Kind
             * @enum {string}
             */
            author_kind: "person" | "model";
            /** Asked By */
            asked_by: string;
            /** Reason */
            reason: string | null;
            /** Feedback */
            feedback: string | null;
            /** Plan Hash */
            plan_hash: string | null;
            /** Error */
            error: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            document: components["schemas"]["PlanDocument"] | null;
        };
        /**
         * RevisionDiff
         * @description What differs between two revisions, per task and field.
         */
        RevisionDiff: {
            /** Old */
            old: number;
            /** New */
            new: number;
            diff: components["schemas"]["PlanDiff"];
        };
        /**
         * RevisionList
         * @description Revisions, the newest first; `current` is the number of the one that the plan has.
         */
        RevisionList: {
            /** Current */
            current: number;
            /** Revisions */
            revisions: components["schemas"]["RevisionView"][];
        };
        /**
         * RevisionStatus
         * @description How far a revision of a plan's document is.
         * @enum {string}
         */
        RevisionStatus: "generating" | "ready" | "failed";
        /**
         * RevisionView
         * @description A revision of a plan's document: who wrote it, when and why.
         *
         *     `author` is the person or the model that wrote it, `asked_by` who asked for it; `reason` is null
         *     where none was given. `feedback` is what a model was asked for beside the comments. A revision
         *     that failed has an `error` and no hash, and left the plan as it was.
         */
        RevisionView: {
            /** Number */
            number: number;
            status: components["schemas"]["RevisionStatus"];
            /** Author */
            author: string;
            /**
             * Author Kind
             * @enum {string}
             */
            author_kind: "person" | "model";
            /** Asked By */
            asked_by: string;
            /** Reason */
            reason: string | null;
            /** Feedback */
            feedback: string | null;
            /** Plan Hash */
            plan_hash: string | null;
            /** Error */
            error: string | null;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
        };
        /**
         * SandboxKind
         * @enum {string}
         */
        SandboxKind: "bwrap" | "sandbox-exec" | "none";
        /**
         * Script
         * @description What the scripted agent does with a task, for rehearsals and tests.
         */
        Script: {
            /**
             * Files
             * @description Text to write into target files; a target that is not named gets a line naming the task.
             */
            files?: {
                [key: string]: string;
            };
            /**
             * Stray Files
             * @description Text to write outside of the task's target_files, on purpose.
             */
            stray_files?: {
                [key: string]: string;
            };
            /**
             * Fail Attempts
             * @description How many attempts fail before one does its work.
             * @default 0
             */
            fail_attempts: number;
            /**
             * Permanent
             * @description Fail in a way that no further attempt can mend.
             * @default false
             */
            permanent: boolean;
            /**
             * Message
             * @description What a failing attempt says.
             * @default The script says that this attempt fails.
             */
            message: string;
            /**
             * Duration S
             * @description How long an attempt takes, in seconds.
             * @default 0
             */
            duration_s: number;
        };
        /** SecondsRange */
        SecondsRange: {
            /** Low */
            low: number;
            /** Likely */
            likely: number;
            /** High */
            high: number;
        };
        /**
         * SendMessage
         * @description `/masterplan GOAL` asks for a plan at once, `/masterplan` for one of what was said.
         *
         *     With a `message_id` of its own choice, a client that got no answer may send again.
         */
        SendMessage: {
            /** Text */
            text: string;
            /** Message Id */
            message_id?: string | null;
        };
        /**
         * SentAnswer
         * @description What was said, and the message that tells what follows: an answer or a plan.
         */
        SentAnswer: {
            message: components["schemas"]["MessageView"];
            reply: components["schemas"]["MessageView"];
        };
        /**
         * SourceView
         * @description The file that the plan was imported from.
         *
         *     `sync_path` is the user's own file where that is ticked as tasks complete, `synced_tasks` how
         *     many tasks were completed when it was ticked the last time, and `sync_notices` what was left
         *     alone then.
         */
        SourceView: {
            format: components["schemas"]["PlanFormat"];
            /** Name */
            name: string | null;
            /** Notices */
            notices: string[];
            /** Sync Path */
            sync_path: string | null;
            /** Synced Tasks */
            synced_tasks: number;
            /** Sync Notices */
            sync_notices: string[];
        };
        /** SystemView */
        SystemView: {
            /** Version */
            version: string;
            /** Data Dir */
            data_dir: string;
            sandbox: components["schemas"]["SandboxKind"];
            /** Max Parallel */
            max_parallel: number;
            /** Retention Days */
            retention_days: number;
            /** Executes */
            executes: boolean;
            /** Agents */
            agents: string[];
            /** Models */
            models: components["schemas"]["ModelView"][];
            /** Findings */
            findings: components["schemas"]["FindingView"][];
        };
        /**
         * TaskChange
         * @description What became of one task. Its places are told where it is new, gone or has moved.
         */
        TaskChange: {
            /** Key */
            key: string;
            /** Name */
            name: string;
            kind: components["schemas"]["TaskChangeKind"];
            /** Fields */
            fields: components["schemas"]["FieldChange"][];
            old_place: components["schemas"]["TaskPlace"] | null;
            new_place: components["schemas"]["TaskPlace"] | null;
        };
        /**
         * TaskChangeKind
         * @enum {string}
         */
        TaskChangeKind: "added" | "removed" | "changed" | "moved";
        /**
         * TaskDocument
         * @description One piece of work: what to build, in which files, after what, and how it is proven.
         */
        TaskDocument: {
            /**
             * Key
             * @description Names the task in the plan, and stays across revisions.
             */
            key: string;
            /** Name */
            name: string;
            /**
             * Description
             * @description What to build, in full.
             * @default
             */
            description: string;
            /**
             * Target Files
             * @description The files that the task may create or change, relative to the repository's root.
             */
            target_files: string[];
            /**
             * Depends On
             * @description Keys of the tasks whose results this one needs.
             */
            depends_on?: string[];
            /** @default medium */
            complexity: components["schemas"]["Complexity"];
            /**
             * Checks
             * @description Shell commands that all succeed when the task is done.
             */
            checks?: string[];
            /**
             * Max Retries
             * @description How many further attempts may follow a failed one.
             * @default 2
             */
            max_retries: number;
            /**
             * Agent
             * @description Who does the task; the plan's setting where none is named.
             */
            agent?: string | null;
            /**
             * Command
             * @description With agent command: what sh runs in the attempt's directory.
             */
            command?: string | null;
            /** @description With agent scripted: what it does. */
            script?: components["schemas"]["Script"] | null;
            /**
             * Done
             * @description Done before the plan is executed: it is not run, and what depends on it need not wait.
             * @default false
             */
            done: boolean;
            /**
             * Budget Usd
             * @description What the task's attempts together may cost, in US dollars.
             */
            budget_usd?: string | null;
            /**
             * Budget Tokens
             * @description How many tokens the task's attempts together may use.
             */
            budget_tokens?: number | null;
        };
        /**
         * TaskEvidence
         * @description How often a task was attempted, and what the checks of its latest attempt said.
         */
        TaskEvidence: {
            /** Task Id */
            task_id: string;
            /** Attempts */
            attempts: number;
            /** Checks */
            checks: components["schemas"]["CheckVerdict"][];
        };
        /**
         * TaskPlace
         * @description Where a task stands; `number` counts from 1 through the whole plan.
         */
        TaskPlace: {
            /** Phase */
            phase: string;
            /** Milestone */
            milestone: string;
            /** Number */
            number: number;
        };
        /**
         * TaskStatus
         * @enum {string}
         */
        TaskStatus: "pending" | "ready" | "in_progress" | "validating" | "completed" | "failed" | "skipped" | "cancelled";
        /** TaskView */
        TaskView: {
            /** Task Id */
            task_id: string;
            /** Task Number */
            task_number: number;
            /** Key */
            key: string;
            /** Name */
            name: string;
            /** Description */
            description: string;
            /** Phase Id */
            phase_id: string;
            /** Milestone Id */
            milestone_id: string;
            status: components["schemas"]["TaskStatus"];
            complexity: components["schemas"]["Complexity"];
            /** Agent */
            agent: string;
            /** Command */
            command: string | null;
            /** Depends On Tasks */
            depends_on_tasks: string[];
            /** Target Files */
            target_files: string[];
            /** Output Files */
            output_files: string[];
            /** Checks */
            checks: string[];
            /** Done */
            done: boolean;
            /** Attempt */
            attempt: number;
            /** Retry Count */
            retry_count: number;
            /** Max Retries */
            max_retries: number;
            /** Last Error */
            last_error: string | null;
            failure_kind: components["schemas"]["FailureKind"] | null;
            /** Blocked By */
            blocked_by: string | null;
            /** Commit */
            commit: string | null;
            /** Started At */
            started_at: string | null;
            /** Completed At */
            completed_at: string | null;
            /** Failed At */
            failed_at: string | null;
            /** Cost Usd */
            cost_usd: string;
            /** Tokens Input */
            tokens_input: number;
            /** Tokens Output */
            tokens_output: number;
            /**
             * Unpriced Requests
             * @description Model requests whose cost is not known.
             */
            unpriced_requests: number;
            /** Budget Usd */
            budget_usd: string | null;
            /** Budget Tokens */
            budget_tokens: number | null;
            /** Waiting Since */
            waiting_since: string | null;
            /**
             * Waiting Reason
             * @description What the running attempt stands still for.
             */
            waiting_reason: string | null;
        };
        /** Timeline */
        Timeline: {
            /** Attempts */
            attempts: components["schemas"]["AttemptSpan"][];
        };
        /** TokenRange */
        TokenRange: {
            /** Low */
            low: number;
            /** Likely */
            likely: number;
            /** High */
            high: number;
        };
        /**
         * Verdict
         * @enum {string}
         */
        Verdict: "ok" | "warn" | "fail";
        /**
         * WarningCode
         * @description What a warning is about, for programs.
         * @enum {string}
         */
        WarningCode: "no_files" | "shared_file" | "no_check" | "own_tests" | "check_always_passes" | "check_file_missing" | "check_file_later" | "no_description" | "network";
        /**
         * WarningView
         * @description What to look at before approving, with the tasks it is about.
         */
        WarningView: {
            code: components["schemas"]["WarningCode"];
            /** Message */
            message: string;
            /** Task Keys */
            task_keys: string[];
        };
        /** ErrorAnswer */
        ErrorAnswer: {
            error: components["schemas"]["ErrorBody"];
        };
        /** ErrorBody */
        ErrorBody: {
            /** Code */
            code: string;
            /** Message */
            message: string;
            /** Details */
            details: {
                [key: string]: unknown;
            };
        };
        /**
         * PlanSettings
         * @description How the plan is executed; part of what is approved.
         */
        PlanSettings: {
            /**
             * Agent
             * @description Who does the tasks that name no agent.
             * @default llm
             */
            agent: string;
            /**
             * Model
             * @description `provider:model` or `local`; the operator's setting where none is named.
             * @default null
             */
            model: string | null;
            /**
             * Max Parallel
             * @description Most tasks that run at the same time; the operator's setting where none is named.
             * @default null
             */
            max_parallel: number | null;
            /**
             * Budget Usd
             * @description What the plan's model requests together may cost, in US dollars.
             * @default null
             */
            budget_usd: number | string | null;
            /**
             * Budget Tokens
             * @description How many tokens the plan's model requests together may use.
             * @default null
             */
            budget_tokens: number | null;
            /**
             * Network
             * @description Whether commands and checks may reach the network.
             * @default false
             */
            network: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_masterplans_api_v1_masterplans_get: {
        parameters: {
            query?: {
                status?: components["schemas"]["PlanStatus"][];
                /** @description Text in title or goal. */
                q?: string | null;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanPage"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    create_masterplan_api_v1_masterplans_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanDocument"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    generate_masterplan_api_v1_masterplans_generate_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GenerateRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_masterplan_api_v1_masterplans__masterplan_id__get: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description ETags of what is known. */
                "if-none-match"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description It is as it was when its ETag was given. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    edit_masterplan_api_v1_masterplans__masterplan_id__put: {
        parameters: {
            query?: {
                /** @description Edit only the plan of this hash. */
                plan_hash?: string | null;
                /** @description Edit only a plan that has this status still. */
                status?: components["schemas"]["PlanStatus"] | null;
                /** @description Why; kept with the revision. */
                reason?: string | null;
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanDocument"];
                "text/plain": string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    approve_masterplan_api_v1_masterplans__masterplan_id__approve_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ApproveRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    reject_masterplan_api_v1_masterplans__masterplan_id__reject_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RejectRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    execute_masterplan_api_v1_masterplans__masterplan_id__execute_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutionAnswer"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    pause_masterplan_api_v1_masterplans__masterplan_id__pause_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    resume_masterplan_api_v1_masterplans__masterplan_id__resume_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BudgetRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    raise_budget_api_v1_masterplans__masterplan_id__budget_patch: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    retry_failed_tasks_api_v1_masterplans__masterplan_id__retry_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    cancel_masterplan_api_v1_masterplans__masterplan_id__cancel_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_timeline_api_v1_masterplans__masterplan_id__timeline_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_events_api_v1_masterplans__masterplan_id__events_get: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
                /** @description Seconds to wait for the first event. */
                wait?: number;
            };
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    import_masterplan_api_v1_masterplans_import_post: {
        parameters: {
            query?: {
                /** @description How the file is written. */
                format?: components["schemas"]["PlanFormat"] | "auto";
                /** @description The file's name. */
                name?: string | null;
                /** @description Where it lies on the server, to be ticked as tasks complete. */
                sync_path?: string | null;
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/plain": string;
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    export_masterplan_api_v1_masterplans__masterplan_id__export_get: {
        parameters: {
            query?: {
                /** @description How to write it. */
                format?: components["schemas"]["PlanFormat"];
            };
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file; X-Masterplan-Notices lists in JSON what it does not say. */
            200: {
                headers: {
                    "X-Masterplan-Notices"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_conversations_api_v1_conversations_get: {
        parameters: {
            query?: {
                /** @description Text in the title or in a message. */
                q?: string | null;
                /** @description A plan that was begun in it. */
                masterplan_id?: string | null;
                limit?: number;
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationPage"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    begin_conversation_api_v1_conversations_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["BeginConversation"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDetail"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_conversation_api_v1_conversations__conversation_id__get: {
        parameters: {
            query?: {
                /** @description Only messages that changed after this version. */
                after?: number;
                /** @description Seconds to wait for such a change. */
                wait?: number;
            };
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDetail"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    delete_conversation_api_v1_conversations__conversation_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    change_conversation_api_v1_conversations__conversation_id__patch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeConversation"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDetail"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    send_message_api_v1_conversations__conversation_id__messages_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessage"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SentAnswer"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    retry_answer_api_v1_conversations__conversation_id__retry_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageView"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    stop_answer_api_v1_conversations__conversation_id__stop_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                conversation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_discovery_api_v1_masterplans__masterplan_id__discovery_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiscoveryAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_document_api_v1_masterplans__masterplan_id__document_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EditableDocument"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_evidence_api_v1_masterplans__masterplan_id__evidence_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanEvidence"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_forecast_api_v1_masterplans__masterplan_id__forecast_get: {
        parameters: {
            query?: {
                /** @description Instead of what the plan's settings say. */
                max_parallel?: number | null;
            };
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForecastView"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_revisions_api_v1_masterplans__masterplan_id__revisions_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionList"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_revision_api_v1_masterplans__masterplan_id__revisions__number__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                /** @description The revision's number. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDetail"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    diff_revisions_api_v1_masterplans__masterplan_id__revisions__number__diff_get: {
        parameters: {
            query: {
                /** @description The revision to compare with. */
                to: number;
            };
            header?: never;
            path: {
                masterplan_id: string;
                /** @description The revision's number. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionDiff"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    restore_revision_api_v1_masterplans__masterplan_id__revisions__number__restore_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
                /** @description The revision's number. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RestoreRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    revise_masterplan_api_v1_masterplans__masterplan_id__revise_post: {
        parameters: {
            query?: {
                /** @description `counts`: tasks counted per milestone, not listed; `none`: no phases. */
                tasks?: "all" | "counts" | "none";
            };
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReviseRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MasterplanDetail"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_comments_api_v1_masterplans__masterplan_id__comments_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentList"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    add_comment_api_v1_masterplans__masterplan_id__comments_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CommentRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommentView"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    delete_comment_api_v1_masterplans__masterplan_id__comments__comment_id__delete: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    retry_task_api_v1_masterplans__masterplan_id__tasks__task_id__retry_post: {
        parameters: {
            query?: never;
            header?: {
                /** @description Who is acting. */
                "x-masterplan-actor"?: string | null;
            };
            path: {
                masterplan_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryRequest"] | null;
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description The status does not allow this. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description Something this needs is missing. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_task_api_v1_masterplans__masterplan_id__tasks__task_id__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskView"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_attempts_api_v1_masterplans__masterplan_id__tasks__task_id__attempts_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                task_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttemptList"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_attempt_log_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__log_get: {
        parameters: {
            query?: {
                /** @description Byte offset. */
                after?: number;
            };
            header?: never;
            path: {
                masterplan_id: string;
                task_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_requests_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__requests_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                task_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelRequestList"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_attempt_diff_api_v1_masterplans__masterplan_id__tasks__task_id__attempts__number__diff_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                task_id: string;
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    list_files_api_v1_masterplans__masterplan_id__files_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FileList"];
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_file_api_v1_masterplans__masterplan_id__files__path__get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/octet-stream": string;
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_archive_api_v1_masterplans__masterplan_id__archive_get: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                masterplan_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            /** @description There is nothing of that id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_prunable_api_v1_system_prunable_get: {
        parameters: {
            query?: {
                /** @description Days since the plan's end. */
                older_than_days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PruneView"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    prune_api_v1_system_prunable_remove_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PruneRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PruneView"];
                };
            };
            /** @description The request or the plan is not valid. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ErrorAnswer"];
                };
            };
        };
    };
    get_health_healthz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    get_readiness_readyz_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    get_metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    get_plan_schema_api_v1_schema_plan_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    get_system_api_v1_system_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SystemView"];
                };
            };
        };
    };
}
