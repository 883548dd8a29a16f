// Written by scripts/wire_types.py from src/hipflask/ui/wire.py: change that file and run the script.

/** What an element is made of: see DESIGN.md. */
export type Props = Record<string, unknown>;

/** One element with everything below it: `[id, tag, props, children]`. */
export type WireNode = [id: number, tag: string, props: Props, children: WireNode[]];

/** Build `nodes` and put them, in order, into `parent` before its child `before` (0: at the end). */
export type Create = [tag: "create", parent: number, before: number, nodes: WireNode[]];

/** Assign props of one node; null takes a prop back to what it was before it was first set. */
export type Set = [tag: "set", id: number, props: Props];

/** Set the edited value of a field, computed when the screen's event number `seen` had been handled.
 *
 * A screen that has sent a newer input for this node, or holds one unsent, ignores it. */
export type Edit = [tag: "edit", id: number, value: unknown, seen: number];

/** Put a node before its sibling `before` (0: at the end) of the same parent. */
export type Move = [tag: "move", id: number, before: number];

/** Take a node away with everything below it. */
export type Remove = [tag: "remove", id: number];

/** Do something once: `method` of node `id`, or of the screen itself where `id` is 0. */
export type Call = [tag: "call", id: number, method: string, args: unknown[]];

/** Patches to apply together; `seen` is the last event number received. The screen answers with `Ack`. */
export type Frame = [tag: "frame", number: number, seen: number, patches: Patch[]];

/** The whole tree anew, in place of whatever the screen shows. The screen answers with `Ack`. */
export type Reset = [tag: "reset", number: number, seen: number, tree: WireNode];

/** The session goes on; events up to `seen` have been received, the screen sends later ones again. */
export type Welcome = [tag: "welcome", seen: number];

/** There is no such session (any more): fetch the page again and carry typed text over. */
export type Gone = [tag: "gone"];

/** The last message could not be understood; the socket closes after this. `reason` is for the console. */
export type Refused = [tag: "refused", reason: string];

/** The program is being changed and cannot start as it stands: say so, and go on showing what is there.
 *
 * The socket stays open until the program has been changed again. */
export type Halted = [tag: "halted", title: string, message: string, detail: string];

/** First on every socket: which session, and the number of the last frame that the screen has applied. */
export type Hello = [tag: "hello", session: string, frame: number];

/** Frame `number` is painted. */
export type Ack = [tag: "ack", number: number];

/** Something happened to a node; `seq` counts from 1 in each session, without gaps. */
export type Event = [tag: "event", seq: number, node: number, name: string, value: unknown];

/** A frame could not be applied: please send everything (answered by `Reset`). `reason` is logged. */
export type Resync = [tag: "resync", reason: string];

/** What the HTML page carries as data for its first paint. */
export interface Page {
  session: string;
  frame: number;
  tree: WireNode;
  socket: string;
  theme: Record<string, string>;
  scheme: string;
  debug: boolean;
}

export type Patch = Create | Set | Edit | Move | Remove | Call;

export type ToScreen = Frame | Reset | Welcome | Gone | Refused | Halted;

export type FromScreen = Hello | Ack | Event | Resync;
