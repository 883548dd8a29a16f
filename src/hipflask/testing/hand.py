"""How things are done on a page with a mouse and a keyboard; all of it runs in the browser's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import ElementHandle, Page

# Runs on an element: what only it knows, as [role, value].
TELL = """function() {
  const host = this.getRootNode().host;
  if (host?.localName === 'wa-color-picker') return ['textbox', host.value];
  if (host?.localName === 'wa-select' && host.multiple) return ['listbox', host.selectedOptions.map((option) => option.label)];
  return this.type === 'password' ? ['textbox', this.value] : null;
}"""

# A box that is drawn by a label hides behind it; a branch has all of its own branches inside; a list may have buttons in its
# middle, which take away what is chosen.
_WHERE_TO_PRESS = """(el) => {
  if (el.getRootNode().host?.localName === 'wa-select') return el.getRootNode().querySelector('[part=expand-icon]');
  if (el.localName === 'wa-tree-item') return el.shadowRoot.querySelector('[part=label]') ?? el;
  return el.localName === 'input' && el.type !== 'text' ? (el.labels?.[0] ?? el.closest('label') ?? el) : el;
}"""

# A press chooses a branch; what is in it appears when the arrow beside it is pressed.
_CLOSED_BRANCH = """(el) => el.localName === 'wa-tree-item' && el.getAttribute('aria-expanded') === 'false'
  ? el.shadowRoot.querySelector('[part=expand-button]') : null"""

# The menus and items to open, from the outermost in, to have the item of this name in sight.
_WAY_TO_ITEM = """(label) => {
  const named = (item) => [...item.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
  const item = [...document.querySelectorAll('wa-dropdown-item')].find((each) => named(each) === label);
  const way = [];
  for (let el = item?.parentElement; el; el = el.parentElement) {
    if (el.localName === 'wa-dropdown-item') way.unshift(el);
    if (el.localName === 'wa-dropdown') return el.open ? [] : [el, ...way];
  }
  return [];
}"""

_COLOUR_FIELD = (
    """(el) => el.getRootNode().host.shadowRoot.querySelector('wa-input').shadowRoot.querySelector('input')"""
)
_IS_COLOUR = "(el) => el.getRootNode().host?.localName === 'wa-color-picker'"
# What is looked at only when it is left.
_IS_LEFT = "(el) => ['number', 'date', 'time', 'datetime-local'].includes(el.type)"
_NOW = "(el) => Number(el.getAttribute('aria-valuenow'))"
MOST_PRESSES = 5000


def press(handle: ElementHandle, milliseconds: float) -> None:
    """Press an element where a person would."""
    target = handle.evaluate_handle(_WHERE_TO_PRESS).as_element()
    assert target is not None
    target.click(timeout=milliseconds)
    if more := handle.evaluate_handle(_CLOSED_BRANCH).as_element():
        more.click(timeout=milliseconds)


def type_into(page: Page, handle: ElementHandle, text: str, *, enter: bool) -> None:
    """Type in place of what a field holds, letter by letter."""
    if handle.evaluate(_IS_COLOUR):
        _type_colour(page, handle, text)
        return
    kind = handle.get_attribute("type")
    if kind in ("date", "time", "datetime-local"):
        handle.fill(text)  # which key goes where depends on the system's language
    else:
        handle.click()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text) if text else page.keyboard.press("Delete")
    if enter:
        page.keyboard.press("Enter")
    elif handle.evaluate(_IS_LEFT):
        handle.evaluate("(el) => el.blur()")


def _type_colour(page: Page, handle: ElementHandle, text: str) -> None:
    handle.click()
    field = handle.evaluate_handle(_COLOUR_FIELD).as_element()
    assert field is not None
    field.fill(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def slide_to(page: Page, handle: ElementHandle, wanted: float) -> None:
    """Move a thumb to a number with the arrow keys; raises AssertionError if it does not get there."""
    handle.focus()
    for _ in range(MOST_PRESSES):
        now = handle.evaluate(_NOW)
        if abs(now - wanted) < 1e-9:
            return
        is_far = abs(now - wanted) >= 10 * float(handle.get_attribute("data-step") or 1)
        page.keyboard.press(
            ("PageUp" if is_far else "ArrowRight")
            if now < wanted
            else ("PageDown" if is_far else "ArrowLeft")
        )
        moved = handle.evaluate(_NOW)
        if moved == now or (moved - wanted) * (now - wanted) < 0:
            break
    raise AssertionError(f"A user cannot move this to {wanted:g}: it went from {now:g} to {moved:g}.")


def open_menu_with(page: Page, label: str) -> None:
    """Open the closed menu, and the submenus, that hold an item of this name; nothing if there is none."""
    way = page.evaluate_handle(_WAY_TO_ITEM, label)
    for place, step in enumerate(way.get_properties().values()):
        el = step.as_element()
        assert el is not None
        if place:
            el.click()
        elif el.get_attribute("context") is not None:
            el.evaluate_handle("(el) => el.parentElement").as_element().click(button="right")  # type: ignore[union-attr]
        else:
            el.query_selector("[slot=trigger]").click()  # type: ignore[union-attr]


def has_open_list(page: Page) -> bool:
    """Whether a list of options is still open."""
    return bool(page.evaluate("() => document.querySelector('wa-select[open]') !== null"))


def give(handle: ElementHandle, name: str, type: str, content: bytes) -> None:
    """Choose a file for an upload."""
    handle.set_input_files({"name": name, "mimeType": type, "buffer": content})


def complaint(handle: ElementHandle) -> str:
    """What an upload says about a file that was turned down."""
    return str(handle.evaluate("(el) => el.getRootNode().host?.wrong ?? ''"))
