import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

type Colour = { r: number; g: number; b: number; a: number }
type Theme = 'light' | 'dark'

const css = readFileSync('src/styles/tokens.css', 'utf8')
const base = css.slice(0, css.indexOf('@media'))
const tokens = new Map<string, Record<Theme, Colour>>()
for (const [, name = '', light = '', dark = ''] of base.matchAll(
  /--([\w-]+): light-dark\((#\w+|rgb\([^)]*\)), (#\w+|rgb\([^)]*\))\);/g,
)) {
  tokens.set(name, { light: parse(light), dark: parse(dark) })
}

function parse(text: string): Colour {
  if (text.startsWith('#')) {
    const [r = 0, g = 0, b = 0] = (text.match(/\w\w/g) ?? []).map((pair) =>
      Number.parseInt(pair, 16),
    )
    return { r, g, b, a: 1 }
  }
  const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number)
  return { r, g, b, a }
}

const token = (name: string, theme: Theme): Colour => {
  const found = tokens.get(name)
  if (!found) throw new Error(`no token ${name}`)
  return found[theme]
}

const over = (top: Colour, below: Colour): Colour => {
  const mix = (one: number, other: number) => one * top.a + other * (1 - top.a)
  return { r: mix(top.r, below.r), g: mix(top.g, below.g), b: mix(top.b, below.b), a: 1 }
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
const luminance = ({ r, g, b }: Colour): number => {
  const linear = (value: number) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}
const contrast = (one: Colour, other: Colour): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

/** What text may come to lie upon: glass over the ground and its glows, and sunk or hovered parts. */
function surfaces(theme: Theme): [string, Colour][] {
  const ground = token('ground', theme)
  const lit = ['glow-a', 'glow-b'].map((glow) => over(token(glow, theme), ground))
  const glass = [ground, ...lit].flatMap((below) => [
    over(token('panel', theme), below),
    over(token('raised', theme), below),
  ])
  const within = glass.flatMap((panel) => [
    panel,
    over(token('sunken', theme), panel),
    over(token('hover', theme), panel),
  ])
  return [...within, ground, ...lit].map((colour, index) => [`surface ${index}`, colour])
}

/** How much of a line of the hatching is its colour. */
const HATCHING =
  Number(
    /@utility hatched \{[^}]*?(\d+)%, transparent/.exec(
      readFileSync('src/styles/base.css', 'utf8'),
    )?.[1],
  ) / 100

const TEXT = ['ink', 'soft', ...[...tokens.keys()].filter((name) => name.startsWith('status-'))]

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  test.each(TEXT)('%s can be read on every surface', (name) => {
    for (const [where, surface] of surfaces(theme)) {
      expect(contrast(token(name, theme), surface), where).toBeGreaterThanOrEqual(4.5)
    }
  })

  test.each(['boundary', 'focus'])('%s stands out from every surface', (name) => {
    for (const [where, surface] of surfaces(theme)) {
      expect(contrast(token(name, theme), surface), where).toBeGreaterThanOrEqual(3)
    }
  })

  test('text on changed lines and on the main button can be read', () => {
    const panel = over(token('raised', theme), token('ground', theme))
    for (const name of ['added', 'removed']) {
      const line = over(token(name, theme), over(token('sunken', theme), panel))
      expect(contrast(token('ink', theme), line)).toBeGreaterThanOrEqual(4.5)
    }
    expect(contrast(token('on-action', theme), token('action', theme))).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['status-in-progress', 'status-validating'])(
    '%s, ink and soft can be read on the tint of a running row',
    (name) => {
      const tint = { ...token(name, theme), a: 0.13 }
      const row = over(tint, over(token('panel', theme), token('ground', theme)))
      for (const text of [name, 'ink', 'soft']) {
        expect(contrast(token(text, theme), row), text).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  test('what lies upon the hatching of a skipped task can be read', () => {
    const line = { ...token('status-skipped', theme), a: HATCHING }
    for (const glass of ['panel', 'raised']) {
      const row = over(line, over(token(glass, theme), token('ground', theme)))
      for (const text of ['status-skipped', 'ink', 'soft']) {
        expect(contrast(token(text, theme), row), `${text} on ${glass}`).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  test('the number on each phase can be read', () => {
    const number = parse(theme === 'light' ? '#ffffff' : '#0b1117')
    for (const name of tokens.keys()) {
      if (!name.startsWith('phase-')) continue
      // A large bold figure in a filled mark: a graphic, so 3 : 1.
      expect(contrast(number, token(name, theme)), name).toBeGreaterThanOrEqual(3)
    }
  })
})

test('glass is dense enough to read upon', () => {
  expect(token('panel', 'dark').a).toBeGreaterThanOrEqual(0.82)
  expect(token('panel', 'light').a).toBeGreaterThanOrEqual(0.9)
})
