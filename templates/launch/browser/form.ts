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

/**
 * What is filled in now; says at each field what is wrong with it, but not while somebody is typing there: half an account
 * id is no mistake yet.
 */
export function readSettings(
  rules: Pick<LaunchData, 'account' | 'namespace'>,
  typing: EventTarget | null,
): Settings {
  const say = (field: HTMLInputElement, problem: string): void => {
    if (problem === '' || field !== typing) showProblem(field, problem);
  };
  say(account, fieldProblem(rules.account, account.value.trim()));
  say(namespace, fieldProblem(rules.namespace, namespace.value.trim()));
  const parsed = templates.value.trim() === '' ? undefined : parseTemplatesUrl(templates.value);
  say(templates, parsed?.type === 'refused' ? parsed.reason : '');
  const checked = form.querySelectorAll<HTMLInputElement>('input[type="checkbox"]:checked');
  return {
    folder: parsed?.type === 'folder' ? parsed.folder : undefined,
    region: region.value,
    account: account.value.trim(),
    namespace: namespace.value.trim(),
    standards: new Set([...checked].map(({ value }) => value)),
  };
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
    place.addEventListener('change', () => changed(null));
  }
  form.addEventListener('submit', (event) => event.preventDefault());
}

/** A bucket in another partition can be of use there only, so the first Region of that partition is chosen. */
function chooseRegion(folder: TemplatesFolder): void {
  const wanted = defaultRegion(folder.partition);
  if ([...region.options].some(({ value }) => value === wanted)) region.value = wanted;
}
