/** Events on their way to the session, kept until it has confirmed them: a lost connection loses none. */

import type { Event } from "./wire";

/** Events that may wait while there is no connection; a person who does more will have given up by then. */
const MOST_WAITING = 1000;

export class Outbox {
  private events: Event[] = [];
  private next = 1;
  /** The highest number that has gone out on a socket, whether it arrived or not. */
  private sent = 0;

  /** Number an event and keep it. While it waits, newer values of one field take the place of older ones. */
  add(node: number, name: string, value: unknown): Event | null {
    const last = this.events.at(-1);
    if (last && last[1] > this.sent && last[2] === node && last[3] === name && value !== null) {
      last[4] = value;
      return last;
    }
    if (this.next - 1 - this.sent >= MOST_WAITING) return null;
    const event: Event = ["event", this.next++, node, name, value];
    this.events.push(event);
    return event;
  }

  /** Go on after number `seen`: this is a session that another screen has talked to before. */
  goOnAfter(seen: number): void {
    this.next = seen + 1;
    this.sent = seen;
  }

  /** Everything up to number `seen` has been received. False when that is more than was ever sent. */
  confirm(seen: number): boolean {
    this.events = this.events.filter((event) => event[1] > seen);
    return seen < this.next;
  }

  /** What is not confirmed yet, in order: all of it goes out again on a new connection. */
  unconfirmed(): Event[] {
    return this.events;
  }

  markSent(event: Event): void {
    this.sent = Math.max(this.sent, event[1]);
  }
}
