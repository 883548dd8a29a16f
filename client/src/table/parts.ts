/** What a table is made of, for those that bring it all together: pointing, typing, menus, copying. */

import type { Editor } from "./edit";
import type { Grid } from "./grid";
import type { State } from "./state";
import type { Asked, Layout } from "./types";

export interface Parts {
  readonly root: ShadowRoot;
  readonly state: State;
  readonly grid: Grid;
  readonly editor: Editor;
  /** Tell the session that something happened. */
  tell(event: string, value: unknown): void;
  /** Say something to who listens instead of looking. */
  say(sentence: string): void;
  /** Ask the session for other rows. */
  ask(asked: Asked): void;
  /** Arrange the columns anew; `done` when it is to be remembered. */
  setLayout(layout: Layout, done: boolean): void;
  /** Show in the bar why something was not taken. */
  refuse(sentence: string | null): void;
}
