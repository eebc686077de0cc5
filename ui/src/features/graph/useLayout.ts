import { useEffect, useRef, useState } from 'react'
import { type Graph, shapeOf } from './graphModel'

export const NODE_WIDTH = 216
export const NODE_HEIGHT = 62

export type Places = Record<string, { x: number; y: number }>
export interface LayoutRequest {
  shape: string
  nodes: string[]
  edges: [string, string][]
  width: number
  height: number
  direction: 'LR' | 'TB'
}
export interface LayoutAnswer {
  shape: string
  places: Places
}

/** Where the nodes lie; undefined until the worker has found out. */
export function useLayout(graph: Graph, direction: 'LR' | 'TB'): Places | undefined {
  const shape = direction + shapeOf(graph)
  const [answer, setAnswer] = useState<LayoutAnswer>()
  const newest = useRef(graph)
  newest.current = graph

  useEffect(() => {
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => setAnswer(data)
    const { nodes, edges } = newest.current
    const request: LayoutRequest = {
      shape,
      nodes: nodes.map((node) => node.id),
      edges: edges.map(({ source, target }) => [source, target]),
      width: NODE_WIDTH,
      height: NODE_HEIGHT,
      direction,
    }
    worker.postMessage(request)
    return () => worker.terminate()
  }, [shape, direction])

  return answer?.shape === shape ? answer.places : undefined
}
