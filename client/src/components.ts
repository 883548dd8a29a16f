/** The Web Awesome elements in the bundle, each by itself so that it stays small. */

import "@awesome.me/webawesome/dist/components/badge/badge.js";
import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import "@awesome.me/webawesome/dist/components/card/card.js";
import "@awesome.me/webawesome/dist/components/checkbox/checkbox.js";
import "@awesome.me/webawesome/dist/components/divider/divider.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import "@awesome.me/webawesome/dist/components/skeleton/skeleton.js";
import "@awesome.me/webawesome/dist/components/slider/slider.js";
import "@awesome.me/webawesome/dist/components/spinner/spinner.js";
import WaToast from "@awesome.me/webawesome/dist/components/toast/toast.js";
import { useOurIcons } from "./icons";
import { mended } from "./mended";

// What pops up is no part of anything else on the page, so it is a place of its own for who goes from one to the next.
mended(WaToast, (el) => {
  el.role = "region";
  el.ariaLabel = "Notes";
});
useOurIcons();
