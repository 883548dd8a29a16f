/** Menus side by side, as the ARIA authoring practices have them: arrows lead from one to the next, open if one was open. */

interface Menu extends HTMLElement {
  open: boolean;
}

class MenuBar extends HTMLElement {
  private stop: Menu | undefined;

  connectedCallback(): void {
    this.addEventListener("keydown", this.pressed);
    this.addEventListener("pointerover", this.pointedAt);
    this.addEventListener("focusin", this.rove);
    document.addEventListener("keydown", this.called);
    new MutationObserver(() => this.rove()).observe(this, { childList: true, subtree: true });
    this.rove();
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.called);
  }

  private get menus(): Menu[] {
    return [...this.querySelectorAll<Menu>("wa-dropdown")];
  }

  private menuOf(target: EventTarget | null): Menu | null {
    return target instanceof Element ? target.closest<Menu>("wa-dropdown") : null;
  }

  /** One stop for the Tab key: the menu that had focus last, or else the first. */
  private readonly rove = (event?: Event): void => {
    const { menus } = this;
    this.stop = this.menuOf(event?.target ?? null) ?? (this.stop && menus.includes(this.stop) ? this.stop : menus[0]);
    for (const menu of menus) {
      const button = trigger(menu);
      button?.setAttribute("role", "menuitem");
      // The element that takes focus is inside; it is left out together with the one around it, but stops by itself.
      if (menu === this.stop) button?.removeAttribute("tabindex");
      else button?.setAttribute("tabindex", "-1");
    }
  };

  private readonly called = (event: KeyboardEvent): void => {
    if (event.key !== "F10" || event.shiftKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    const first = this.menus[0];
    if (first) trigger(first)?.focus();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const menu = this.menuOf(event.target);
    if (!step || !menu || inSubmenu(event, step)) return;
    const { menus } = this;
    const next = menus[(menus.indexOf(menu) + step + menus.length) % menus.length] as Menu;
    event.preventDefault();
    this.goTo(next, menu.open);
  };

  /** With one menu open, pointing at another opens that. */
  private readonly pointedAt = (event: Event): void => {
    const menu = this.menuOf(event.target);
    const open = this.menus.find((each) => each.open);
    if (menu && open && menu !== open) this.goTo(menu, true);
  };

  private goTo(menu: Menu, isOpen: boolean): void {
    for (const each of this.menus) each.open = false;
    trigger(menu)?.focus();
    menu.open = isOpen;
  }
}

function trigger(menu: Element): HTMLElement | null {
  return menu.querySelector<HTMLElement>('[slot="trigger"]');
}

/** Whether the arrow belongs to a submenu: it opens one, or closes the one that it is in. */
function inSubmenu(event: Event, step: number): boolean {
  const item = event.target instanceof Element ? event.target.closest("wa-dropdown-item") : null;
  if (item === null) return false;
  return step > 0 ? item.querySelector('[slot="submenu"]') !== null : item.slot === "submenu";
}

customElements.define("hf-menu-bar", MenuBar);

export {};
