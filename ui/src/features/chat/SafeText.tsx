/** A model's or a person's words, with code and lists set as such. */
import { type Block, blocksOf, type Inline } from './plainMarkdown'

export function SafeText({ text }: { text: string }) {
  return (
    <div className="space-y-2 wrap-anywhere">
      {blocksOf(text).map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
        <BlockView key={place} block={block} />
      ))}
    </div>
  )
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <pre tabIndex={0} className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-sm">
          <code>{block.text}</code>
        </pre>
      )
    case 'paragraph':
      return (
        <p dir="auto" className="whitespace-pre-wrap">
          <Inlines parts={block.parts} />
        </p>
      )
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul'
      return (
        <List
          className={block.ordered ? 'list-decimal space-y-1 ps-6' : 'list-disc space-y-1 ps-5'}
        >
          {block.items.map((parts, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
            <li key={place} dir="auto">
              <Inlines parts={parts} />
            </li>
          ))}
        </List>
      )
    }
  }
}

function Inlines({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, place) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
    if (part.kind === 'strong') return <strong key={place}>{part.text}</strong>
    if (part.kind === 'text') return part.text
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no other name
      <code key={place} className="rounded bg-sunken px-1 font-mono text-[0.9em]">
        {part.text}
      </code>
    )
  })
}
