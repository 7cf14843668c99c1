import { defaultRegion, parseTemplatesUrl } from '../links.ts';
import type { TemplatesFolder } from '../links.ts';
import { fieldProblem } from '../settings.ts';
import type { LaunchData, Published, Settings } from '../settings.ts';
import { byId, showProblem } from './dom.ts';

const templates = byId('templates-url', HTMLInputElement);
const form = byId('form', HTMLFormElement);
const region = byId('region', HTMLSelectElement);
const account = byId('account', HTMLInputElement);
const namespace = byId('namespace', HTMLInputElement);
const options = [...form.querySelectorAll<HTMLInputElement>('input[data-parameter]')];

/**
 * What is filled in now; says at each field what is wrong with it, but not while somebody is typing there: half an account
 * id is no mistake yet.
 */
export function readSettings(
  rules: Pick<LaunchData, 'account' | 'namespace' | 'options'>,
  typing: EventTarget | null,
): Settings {
  const say = (field: HTMLInputElement, problem: string): void => {
    if (problem === '' || field !== typing) showProblem(field, problem);
  };
  say(account, fieldProblem(rules.account, account.value.trim()));
  say(namespace, fieldProblem(rules.namespace, namespace.value.trim()));
  const parsed = templates.value.trim() === '' ? undefined : parseTemplatesUrl(templates.value);
  say(templates, parsed?.type === 'refused' ? parsed.reason : '');
  const checked = form.querySelectorAll<HTMLInputElement>('fieldset input:checked');
  for (const { parameter, rule } of rules.options) {
    const field = options.find(({ dataset }) => dataset['parameter'] === parameter);
    if (field !== undefined && rule !== undefined)
      say(field, fieldProblem(rule, field.value.trim()));
  }
  return {
    folder: parsed?.type === 'folder' ? parsed.folder : undefined,
    region: region.value,
    account: account.value.trim(),
    namespace: namespace.value.trim(),
    standards: new Set([...checked].map(({ value }) => value)),
    options: new Map(options.flatMap(optionValue)),
  };
}

/** What a field for a further parameter says; nothing while it is as it was. */
function optionValue({
  type,
  checked,
  value,
  dataset,
}: HTMLInputElement): readonly (readonly [parameter: string, value: string])[] {
  const { parameter = '' } = dataset;
  const text = type === 'checkbox' ? (checked ? 'yes' : '') : value.trim();
  return text === '' ? [] : [[parameter, text]];
}

/** Fills in what `asr publish` wrote into the page, and calls `changed` at each change, with the field while it is typed in. */
export function watchSettings(
  published: Published,
  changed: (typing: EventTarget | null) => void,
): void {
  const parsed = parseTemplatesUrl(published.templates ?? '');
  if (parsed.type === 'folder') {
    templates.value = parsed.folder.url;
    byId('published-bucket', HTMLElement).textContent = parsed.folder.bucket;
    byId('published-note', HTMLElement).hidden = false;
    byId('upload-steps', HTMLElement).hidden = true;
    chooseRegion(parsed.folder);
  }
  for (const place of [templates, form]) {
    place.addEventListener('input', ({ target }) => changed(target));
    place.addEventListener('change', () => whenReleased(() => changed(null)));
  }
  form.addEventListener('submit', (event) => event.preventDefault());
}

/**
 * Runs something at once, or after the click that is going on: pressing elsewhere leaves a field, and a message that
 * appears there before the button is released would move away what is clicked.
 */
function whenReleased(run: () => void): void {
  if (isPressed) document.addEventListener('pointerup', () => setTimeout(run), { once: true });
  else run();
}

let isPressed = false;
for (const [type, value] of [
  ['pointerdown', true],
  ['pointerup', false],
  ['pointercancel', false],
] as const)
  document.addEventListener(type, () => void (isPressed = value), { capture: true });

/** A bucket in another partition can be of use there only, so the first Region of that partition is chosen. */
function chooseRegion(folder: TemplatesFolder): void {
  const wanted = defaultRegion(folder.partition);
  if ([...region.options].some(({ value }) => value === wanted)) region.value = wanted;
}
