/* Every text on the page that is too pale for its ground, a line each: 4.5 to 1, or 3 to 1 where letters are large.
 *
 * axe-core cannot say for what is inside a button of Web Awesome, nor for a chart; here the ground is that of the nearest
 * element around the words, in the tree as it is shown, slots and shadow roots included. */
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();

  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((part) => part / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const around = (el) => el.assignedSlot ?? el.parentElement ?? el.getRootNode().host ?? null;

  /** The ground below an element; null where it is faded, as what is disabled is. */
  const ground = (el) => {
    const layers = [];
    for (; el; el = around(el)) {
      const style = getComputedStyle(el);
      if (el.disabled || el.getAttribute("aria-disabled") === "true" || Number(style.opacity) < 1) return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };

  const found = [];
  let looked = 0;
  const check = (node, words) => {
    // Words in a slot look as the slot does, and not as the element does in which they are written.
    let el = node.nodeType === 3 ? (node.assignedSlot ?? node.parentElement) : node;
    const style = getComputedStyle(el);
    while (getComputedStyle(el).display === "contents") el = around(el);
    if (!el.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || el.getBoundingClientRect().width < 2) return;
    const below = ground(el);
    if (!below) return;
    looked += 1;
    const colour = rgba(el instanceof SVGElement ? style.fill : style.color);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const is = ratio(over(colour, below), below);
    if (is < wanted - 0.005) found.push(`${is.toFixed(2)} to 1: ${el.localName} ${JSON.stringify(words.slice(0, 40))}, ${colour} on ${below.map(Math.round)}`);
  };
  const walk = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === 3 && node.data.trim() && root.nodeType === 1) check(node, node.data.trim());
      if (node.nodeType !== 1 || ["script", "style"].includes(node.localName)) continue;
      if (node.value && node.matches("input, textarea") && !["checkbox", "radio", "file"].includes(node.type)) check(node, node.value);
      if (node.shadowRoot) walk(node.shadowRoot);
      walk(node);
    }
  };
  walk(document.body);
  return [looked, found];
}
