/** Charts of the same link name in this window: what a person does to one, the others show at once. */

import type { Span } from "./points";

export interface Member {
  link: string | null;
  follow(range: Span | null): void;
  pointAt(x: number | null): void;
}

const members = new Set<Member>();

export function join(member: Member): void {
  members.add(member);
}

export function leave(member: Member): void {
  members.delete(member);
}

/** All others of the same name. */
export function others(member: Member): Member[] {
  return member.link === null ? [] : [...members].filter((other) => other !== member && other.link === member.link);
}
