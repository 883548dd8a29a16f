/** What the fields lack: see mended.ts. */

import WaColorPicker from "@awesome.me/webawesome/dist/components/color-picker/color-picker.js";
import type WaInput from "@awesome.me/webawesome/dist/components/input/input.js";
import { mended } from "./mended";

// The field for a colour's number has no name: the label is that of the button which opens it.
mended(WaColorPicker, (el) => {
  const field = el.shadowRoot?.querySelector<WaInput>("wa-input");
  void field?.updateComplete.then(() => field.input?.setAttribute("aria-label", el.label));
});
