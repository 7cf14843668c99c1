type Child = Node | string;

/** The element with an id; the page is built together with this script, so it is there. */
export function byId<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const found = document.querySelector(`#${id}`);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${type.name} with the id ${id}.`);
}

/** A new element. Text becomes text, never markup, whatever it holds. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The JSON in a data block of the page. */
export function readData(id: string): unknown {
  return JSON.parse(byId(id, HTMLScriptElement).text);
}

/** Says what is wrong with a field, to the eye and to a screen reader; an empty text says that nothing is. */
export function showProblem(field: HTMLInputElement, problem: string): void {
  const line = byId(`${field.id}-problem`, HTMLElement);
  if (line.textContent !== problem) line.textContent = problem;
  field.toggleAttribute('aria-invalid', false);
  if (problem !== '') field.setAttribute('aria-invalid', 'true');
}
