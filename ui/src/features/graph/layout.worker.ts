/** Lays graphs out beside the page, which stays free meanwhile. */
import { Graph as Dagre, layout } from '@dagrejs/dagre'
import type { LayoutAnswer, LayoutRequest } from './useLayout'

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  const graph = new Dagre()
  graph.setGraph({ rankdir: data.direction, nodesep: 22, ranksep: 64 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of data.nodes) graph.setNode(id, { width: data.width, height: data.height })
  for (const [source, target] of data.edges) graph.setEdge(source, target)
  layout(graph)
  const places = data.nodes.map((id) => {
    const { x, y } = graph.node(id) as { x: number; y: number }
    return [id, { x: x - data.width / 2, y: y - data.height / 2 }] as const
  })
  const answer: LayoutAnswer = { shape: data.shape, places: Object.fromEntries(places) }
  self.postMessage(answer)
}
