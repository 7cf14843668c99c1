import type { LaunchData, LaunchStack, Missing, Settings, StackLink } from '../settings.ts';
import { stackLink } from '../settings.ts';
import { byId, element } from './dom.ts';

type Link = Extract<StackLink, { readonly type: 'link' }>;

/** Field to fill in, and the sentence that asks for it. */
const MISSING: Readonly<Record<Missing, readonly [field: string, before: string, link: string]>> = {
  templates: [
    'templates-url',
    'The link needs the address of your templates: ',
    'fill in the URL of the templates',
  ],
  partition: [
    'region',
    'The templates are in another part of AWS than this Region: ',
    'choose another Region',
  ],
  account: ['account', 'The link needs a valid account id: ', 'correct the administrator account'],
  namespace: ['namespace', 'The link needs a valid Namespace: ', 'correct the Namespace'],
  standards: ['standard-SC', 'Without a standard the stack does nothing: ', 'choose a standard'],
  console: [
    'option-ShouldDeployWebUI',
    'The web console is not there in the China Regions: ',
    'launch without it',
  ],
  email: [
    'option-AdminUserEmail',
    'The web console needs its first administrator: ',
    'fill in an address',
  ],
  option: ['', 'The link needs a valid value: ', 'correct it'],
};

/** Shows the launch link of each stack, or what it still needs. */
export function showLinks(data: LaunchData, settings: Settings): void {
  const links = data.stacks.map((stack) => [stack, stackLink(stack, settings, data)] as const);
  for (const [stack, link] of links) {
    const place = document.querySelector(`[data-stack="${stack.kind}"]`);
    const isOpen = place?.querySelector('details')?.open === true;
    place?.replaceChildren(
      ...(link.type === 'link' ? ready(stack, link, settings, isOpen) : [missing(link)]),
    );
  }
  const ok = links.filter(([, link]) => link.type === 'link').length;
  const status =
    ok === 0
      ? 'No launch link is ready yet.'
      : `${ok} of ${links.length} launch links are ready, for ${settings.region}.`;
  const line = byId('launch-status', HTMLElement);
  if (line.textContent !== status) line.textContent = status;
}

function missing({
  what,
  parameter,
}: Extract<StackLink, { readonly type: 'missing' }>): HTMLElement {
  const [usual, before, link] = MISSING[what];
  const field = parameter === undefined ? usual : `option-${parameter}`;
  const anchor = element('a', { href: `#${field}` }, link);
  // Following the link must put the cursor there, not only scroll.
  anchor.addEventListener('click', (event) => {
    event.preventDefault();
    const found = byId(field, HTMLElement);
    found.closest('details')?.toggleAttribute('open', true);
    found.focus();
  });
  return element('p', {}, before, anchor, '.');
}

function ready(
  stack: LaunchStack,
  link: Link,
  { region }: Settings,
  isOpen: boolean,
): readonly HTMLElement[] {
  const button = element(
    'a',
    { class: 'button', href: link.url, target: '_blank', rel: 'noopener noreferrer' },
    `Launch the ${stack.kind} stack in ${region}`,
    element('span', { class: 'unseen' }, ' (opens the AWS console in a new tab)'),
  );
  const asked =
    link.open.length === 0
      ? []
      : [element('p', {}, `The console will ask for ${link.open.join(' and ')}.`)];
  const parameters = [['Stack name', stack.stackName] as const, ...Object.entries(link.parameters)];
  const details = element(
    'details',
    isOpen ? { open: '' } : {},
    element('summary', {}, `Link and parameters of the ${stack.kind} stack`),
    ...copyable(`${stack.kind}-link`, `Launch link of the ${stack.kind} stack`, link.url),
    ...copyable(
      `${stack.kind}-template`,
      `Template URL of the ${stack.kind} stack, for StackSets`,
      link.templateUrl,
    ),
    element('ul', {}, ...parameters.map(([name, value]) => element('li', {}, `${name}: ${value}`))),
  );
  return [element('p', {}, button), ...asked, details];
}

function copyable(id: string, label: string, text: string): readonly HTMLElement[] {
  const field = element('input', { id, class: 'link-text', readonly: '', value: text });
  const button = element(
    'button',
    { type: 'button' },
    'Copy',
    element('span', { class: 'unseen' }, ` ${label}`),
  );
  const said = element('span', { role: 'status' });
  button.addEventListener('click', () => {
    field.select();
    // Not every browser offers the clipboard to a page from the file system; the text is selected then.
    const copied =
      (navigator.clipboard as Clipboard | undefined)?.writeText(text) ??
      Promise.reject(new Error());
    copied.then(
      () => void (said.textContent = ' Copied.'),
      () => void (said.textContent = ' Selected: copy it with the keyboard.'),
    );
  });
  return [element('label', { for: id }, label), field, element('p', {}, button, said)];
}
