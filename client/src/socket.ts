/** The connection to one live session: hello, frames and acknowledgements, events, and finding it again.
 *
 *     → hello   ← welcome   → events not confirmed yet   ← frame   → ack …   (lost)   → hello …
 */

import { Outbox } from "./outbox";
import { afterPaint } from "./paint";
import { windowName } from "./window-name";
import type { FromScreen, Page, Patch, ToScreen, WireNode } from "./wire";

const FIRST_DELAY = 100;
const LONGEST_DELAY = 3000;
/** A socket that has not opened by then will not: try another. */
const OPENING = 5000;
/** Losing the connection for less than this is not worth a word. */
const QUIET = 400;

/** What a connection does with what it receives. */
export interface Screen {
  apply(patches: Patch[], seen: number): void;
  reset(tree: WireNode, seen: number): void;
  /** There is no such session any more. */
  gone(): void;
  /** The program cannot start as it stands; what is shown stays. */
  halted(title: string, message: string, detail: string): void;
  /** Drawing failed twice in a row: nothing more will come. */
  broken(reason: string): void;
  /** The connection has been lost for a while, or is back. */
  lost(isLost: boolean): void;
}

export class Connection {
  private readonly outbox = new Outbox();
  private socket: WebSocket | null = null;
  private isLive = false;
  private isOver = false;
  private delay = FIRST_DELAY;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private isResyncing = false;
  /** The last frame applied. */
  private frame: number;

  constructor(
    private readonly page: Page,
    private readonly screen: Screen,
  ) {
    this.frame = page.frame;
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.open();
  }

  /** Send an event, now or when there is a connection; its number, or null if too many are waiting. */
  event(node: number, name: string, value: unknown): number | null {
    const event = this.outbox.add(node, name, value);
    if (event === null) return null;
    if (this.isLive && this.send(event)) this.outbox.markSent(event);
    return event[1];
  }

  /** Let go of the session for good. */
  close(): void {
    this.isOver = true;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.retry);
    clearTimeout(this.quiet);
    this.socket?.close();
  }

  private open(): void {
    const url = new URL(this.page.socket, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (windowName) url.searchParams.set("window", windowName);
    const socket = (this.socket = new WebSocket(url));
    const opening = setTimeout(() => socket.close(), OPENING);
    socket.onopen = () => {
      clearTimeout(opening);
      this.send(["hello", this.page.session, this.frame]);
    };
    socket.onmessage = (message) => this.receive(String(message.data));
    socket.onclose = () => {
      clearTimeout(opening);
      if (socket === this.socket) this.closed();
    };
  }

  private closed(): void {
    this.isLive = false;
    this.socket = null;
    if (this.isOver) return;
    this.retry = setTimeout(() => this.open(), this.delay);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY);
    this.quiet ??= setTimeout(() => this.screen.lost(true), QUIET);
  }

  private readonly hurry = (): void => {
    if (this.socket !== null || this.isOver || document.visibilityState === "hidden") return;
    clearTimeout(this.retry);
    this.delay = FIRST_DELAY;
    this.open();
  };

  private send(message: FromScreen): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private receive(text: string): void {
    if (this.isOver) return;
    let message: ToScreen;
    try {
      message = JSON.parse(text);
    } catch {
      return this.nonsense(text);
    }
    switch (message[0]) {
      case "welcome":
        return this.welcome(message[1]);
      case "frame":
        return this.framed(message[1], message[2], () => this.screen.apply(message[3] as Patch[], message[2] as number));
      case "reset":
        return this.framed(message[1], message[2], () => this.screen.reset(message[3] as WireNode, message[2] as number), true);
      case "gone":
        return this.screen.gone();
      case "halted":
        this.found();
        return this.screen.halted(message[1], message[2], message[3]);
      default:
        return this.nonsense(text);
    }
  }

  private welcome(seen: number): void {
    if (this.frame === 0 && !this.isLive) this.outbox.goOnAfter(seen); // come back to; nothing is applied yet
    if (!this.outbox.confirm(seen)) return this.nonsense(`welcome ${seen}`);
    this.found();
    if (this.isLive) return;
    this.isLive = true;
    for (const event of this.outbox.unconfirmed()) if (this.send(event)) this.outbox.markSent(event);
  }

  private found(): void {
    this.delay = FIRST_DELAY;
    clearTimeout(this.quiet);
    this.quiet = undefined;
    this.screen.lost(false);
  }

  private framed(number: number, seen: number, draw: () => void, anew = false): void {
    this.outbox.confirm(seen);
    if (!anew && this.isResyncing) return; // the reset that is coming holds all of it
    if (!anew && number <= this.frame) return this.acknowledge(); // sent again, though we had it
    if (!anew && number !== this.frame + 1) return this.resync(`frame ${number} came after frame ${this.frame}`);
    try {
      draw();
    } catch (error) {
      return this.resync(`frame ${number}: ${error}`);
    }
    this.isResyncing = false;
    this.frame = number;
    this.acknowledge();
  }

  private acknowledge(): void {
    const { socket, frame } = this;
    afterPaint(() => {
      // On another socket, hello has told the session already.
      if (socket === this.socket && frame === this.frame) this.send(["ack", frame]);
    });
  }

  private resync(reason: string): void {
    console.error(`Hipflask: ${reason}`);
    if (this.isResyncing) {
      this.close();
      return this.screen.broken(reason);
    }
    this.isResyncing = true;
    this.send(["resync", reason]);
  }

  /** An answer that makes no sense, or a refusal: whoever is there, it is not our session. */
  private nonsense(what: string): void {
    console.error(`Hipflask: the session answered ${what.slice(0, 1000)}`);
    this.screen.gone();
  }
}
