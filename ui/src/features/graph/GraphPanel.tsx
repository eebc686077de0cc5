import '@xyflow/react/dist/base.css'
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MarkerType,
  type Node,
  ReactFlow,
} from '@xyflow/react'
import { useMemo, useState } from 'react'
import type { Plan, Task } from '@/api/types'
import { FilterChips } from '@/components/FilterChips'
import { GlassCard } from '@/components/glass/GlassCard'
import { Loading } from '@/components/ui/States'
import { useMediaQuery } from '@/lib/useMediaQuery'
import { GraphNodeView } from './GraphNodeView'
import { type Grain, type GraphNode, graphOf } from './graphModel'
import { useLayout } from './useLayout'

/** Beyond this many tasks a graph of them says nothing any more. */
const MOST_TASKS = 400
/** On a phone a beginning that can be read says more than the whole, which a button shows. */
const LEGIBLE = 0.75
const FIRST = 4
const NODE_TYPES = { part: GraphNodeView }

export type PlanNode = Node<GraphNode & Record<string, unknown>, 'part'>

interface Props {
  plan: Plan
  onOpen(task: Task): void
}

/** What waits for what. */
export default function GraphPanel({ plan, onOpen }: Props) {
  const [grain, setGrain] = useState<Grain>('milestones')
  const narrow = !useMediaQuery('(min-width: 46rem)')
  const direction = narrow ? 'TB' : 'LR'
  const graph = useMemo(() => graphOf(plan, grain), [plan, grain])
  const places = useLayout(graph, direction)

  const nodes = useMemo(
    (): PlanNode[] =>
      places
        ? graph.nodes.map((node) => ({
            id: node.id,
            type: 'part',
            position: places[node.id] ?? { x: 0, y: 0 },
            data: { ...node, direction },
            ariaLabel: node.label,
          }))
        : [],
    [graph, places, direction],
  )
  const edges = useMemo(
    (): Edge[] =>
      graph.edges.map((edge) => ({
        ...edge,
        markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--boundary)' },
        style: { stroke: 'var(--boundary)', strokeWidth: 1.5 },
        focusable: false,
      })),
    [graph],
  )

  return (
    <GlassCard className="p-3" aria-label="Graph">
      {plan.total_tasks <= MOST_TASKS && (
        <FilterChips
          label="Show"
          chips={[
            { id: 'milestones' as const, label: 'Milestones' },
            { id: 'tasks' as const, label: 'Tasks' },
          ]}
          chosen={grain}
          onChoose={setGrain}
          className="mb-2"
        />
      )}
      <div className="h-[32rem] overflow-hidden md:h-[clamp(20rem,calc(100dvh-27rem),48rem)] rounded-xl border border-hairline bg-sunken">
        {places ? (
          <ReactFlow
            key={grain + direction}
            nodes={nodes}
            edges={edges}
            nodeTypes={NODE_TYPES}
            fitView
            fitViewOptions={{
              padding: 0.12,
              maxZoom: 1,
              ...(narrow && { minZoom: LEGIBLE, nodes: graph.nodes.slice(0, FIRST) }),
            }}
            minZoom={0.15}
            nodesDraggable={false}
            nodesConnectable={false}
            onlyRenderVisibleElements
            proOptions={{ hideAttribution: true }}
            onNodeClick={(_, node) => node.data.task && onOpen(node.data.task)}
          >
            <Background
              variant={BackgroundVariant.Lines}
              gap={32}
              color="var(--ground-grid)"
              bgColor="transparent"
            />
            <Controls showInteractive={false} className="graph-controls" />
          </ReactFlow>
        ) : (
          <Loading rows={3} className="p-4" />
        )}
      </div>
    </GlassCard>
  )
}
