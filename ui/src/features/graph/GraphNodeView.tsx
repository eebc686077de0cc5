import { Handle, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { toneOf } from '@/components/StatusBadge'
import { classes } from '@/lib/classes'
import { phaseHue, TASK_LOOKS } from '@/lib/status'
import type { PlanNode } from './GraphPanel'
import { NODE_HEIGHT, NODE_WIDTH } from './useLayout'

/** A milestone or a task in the graph: its phase at the edge, its status within. */
export const GraphNodeView = memo(function GraphNodeView({ data }: NodeProps<PlanNode>) {
  const look = TASK_LOOKS[data.status]
  const Icon = look.icon
  const across = data.direction === 'LR'
  return (
    <div
      style={{ ...toneOf(look), width: NODE_WIDTH, height: NODE_HEIGHT }}
      className={classes(
        'relative flex flex-col justify-center overflow-hidden rounded-xl border bg-raised pr-3 pl-4 text-sm',
        data.status === 'pending' ? 'border-boundary' : 'border-(--tone)',
        data.task && 'cursor-pointer hover:bg-hover',
      )}
    >
      <Handle
        type="target"
        position={across ? Position.Left : Position.Top}
        className="invisible"
      />
      <span
        aria-hidden
        className="absolute inset-y-0 left-0 w-1.5"
        style={{ background: phaseHue(data.phase) }}
      />
      <span dir="auto" className="truncate font-medium">
        {data.label}
      </span>
      <span className="flex items-center gap-1.5 text-xs text-(--tone)">
        <Icon aria-hidden className="size-3.5" />
        {look.label}
        {data.tally && (
          <span className="tabular ml-auto text-soft">
            {data.tally.completed} / {data.tally.total}
          </span>
        )}
      </span>
      <Handle
        type="source"
        position={across ? Position.Right : Position.Bottom}
        className="invisible"
      />
    </div>
  )
})
