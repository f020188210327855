/**
 * Makes the children of an element those of a list, by key: what stays is the same element, in place, with its focus and its scroll position. `update`
 * is asked where an item is another than the one that its element shows.
 */
export function showAll<Item, Made extends Element>(
  parent: Element, items: readonly Item[], keyOf: (item: Item) => string, make: (item: Item) => Made, update: (made: Made, item: Item) => void,
): void {
  const known = new Map([...parent.children].map((child) => [child.getAttribute("data-key") ?? "", child as Made]));
  let before: Element | null = null;
  for (const item of items) {
    const key = keyOf(item);
    const content = JSON.stringify(item);
    let child = known.get(key);
    known.delete(key);
    if (!child) {
      child = make(item);
      child.setAttribute("data-key", key);
      update(child, item);
    } else if (contents.get(child) !== content) update(child, item);
    contents.set(child, content);
    const place: Element | null = before === null ? parent.firstElementChild : before.nextElementSibling;
    if (place !== child) parent.insertBefore(child, place);
    before = child;
  }
  for (const gone of known.values()) gone.remove();
}

/** What an element shows. */
const contents = new WeakMap<Element, string>();
