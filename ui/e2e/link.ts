/**
 * A link to a server that can go dead as links do when a lid is closed: nothing passes and nobody is
 * told. When it is back, nobody remembers what was connected: it is reset once something is sent.
 */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server as Listener, type Socket } from 'node:net'

export class Link {
  private readonly sockets = new Set<Socket>()
  private readonly held: (() => void)[] = []
  private dead = false

  private constructor(
    private readonly listener: Listener,
    private readonly port: number,
  ) {
    listener.on('connection', (near) => this.accept(near))
  }

  static async to(url: string): Promise<Link> {
    const listener = createServer({ pauseOnConnect: true })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    return new Link(listener, Number(new URL(url).port))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  goDead(): void {
    this.dead = true
    for (const socket of this.sockets) {
      socket.unpipe().pause()
    }
  }

  comeBack(): void {
    this.dead = false
    for (const socket of this.sockets) socket.on('data', () => socket.resetAndDestroy()).resume()
    for (const open of this.held.splice(0)) open()
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy()
    this.listener.close()
  }

  private accept(near: Socket): void {
    if (this.dead) this.held.push(() => this.join(near))
    else this.join(near)
  }

  private join(near: Socket): void {
    const far = connect(this.port, '127.0.0.1')
    near.pipe(far)
    far.pipe(near)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one)
      // Whichever end goes takes the other along, as a broken link would.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.sockets.delete(one)
        if (!this.dead) other.destroy()
      })
    }
  }
}
