/** <hf-range>: a slider with two thumbs, whose ends are one value as far as anybody else is concerned. */

import WaSlider from "@awesome.me/webawesome/dist/components/slider/slider.js";

class Range extends WaSlider {
  static override properties = { ends: { attribute: false, noAccessor: true } };

  constructor() {
    super();
    this.range = true;
  }

  get ends(): [number, number] {
    return [Math.min(this.minValue, this.maxValue), Math.max(this.minValue, this.maxValue)];
  }

  set ends([low, high]: [number, number]) {
    this.minValue = low;
    this.maxValue = high;
  }
}

customElements.define("hf-range", Range);
