import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hrefOf } from './route.ts';
import type { PageName } from './route.ts';
import { isAdministrator, useSession } from './session.ts';
import type { Tokens } from './sign-in.ts';
import type { Language } from './texts/texts.ts';

const EVERYBODY: readonly PageName[] = [
  'findings',
  'approvals',
  'history',
  'statistics',
  'exceptions',
];
const ADMINISTRATORS: readonly PageName[] = ['controls', 'health', 'users'];
/** Page to the one of the navigation that it belongs to. */
const UNDER: Partial<Record<PageName, PageName>> = { finding: 'findings', attempt: 'history' };

interface ShellProps {
  readonly page: PageName | undefined;
  readonly notice: string | undefined;
  readonly onDismiss: () => void;
  readonly languages: Readonly<Record<Language, string>>;
  readonly onLanguage: (language: Language) => void;
  readonly signOut: Tokens['signOut'];
  readonly children: ComponentChildren;
}

/** What is around every page. */
export function Shell(props: ShellProps) {
  const { page, notice, onDismiss, children } = props;
  const { texts } = useSession();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => setOpen(false), [page]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // The address after `#` names the page, so the link must not change it.
          event.preventDefault();
          document.querySelector<HTMLElement>('#main')?.focus();
        }}
      >
        {texts.skip}
      </a>
      <header class="top">
        <button
          type="button"
          class="menu"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 4h12M2 8h12M2 12h12" />
          </svg>
          <span class="unseen">{texts.menu}</span>
        </button>
        <a class="product" href={hrefOf('findings')} aria-label={texts.product}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path
              class="shield"
              d="M8 .5l6.500 2.700v4.600c0 3.700-2.700 6.500-6.500 7.700-3.800-1.200-6.500-4-6.500-7.700V3.200z"
            />
            <path class="tick" d="M4.800 8l2.300 2.300 4.200-4.500" />
          </svg>
          <span>{texts.product}</span>
        </a>
        <Account {...props} />
      </header>
      <div class={isOpen ? 'frame open' : 'frame'}>
        <Navigation page={page} />
        <main id="main" tabIndex={-1}>
          <div role="status" class="notices">
            {notice === undefined ? null : (
              <p class="notice">
                {notice}
                <button type="button" class="quiet" aria-label={texts.dismiss} onClick={onDismiss}>
                  ×
                </button>
              </p>
            )}
          </div>
          {children}
        </main>
      </div>
    </>
  );
}

function Account({ languages, onLanguage, signOut }: ShellProps) {
  const { me, texts, language } = useSession();
  return (
    <div class="account">
      <div class="who">
        <span>{me.name}</span>
        <span>
          {texts.roles[me.role]} · {me.adminAccount} · {me.region}
        </span>
      </div>
      <select
        aria-label={texts.language}
        onChange={(event) => onLanguage(event.currentTarget.value as Language)}
      >
        {Object.entries(languages).map(([one, name]) => (
          <option key={one} value={one} lang={one} selected={one === language}>
            {name}
          </option>
        ))}
      </select>
      {signOut === undefined ? null : (
        <button type="button" onClick={() => void signOut()}>
          {texts.signOut}
        </button>
      )}
    </div>
  );
}

function Navigation({ page }: { readonly page: PageName | undefined }) {
  const { me, texts } = useSession();
  const current = page === undefined ? undefined : (UNDER[page] ?? page);
  const links = [...EVERYBODY, ...(isAdministrator(me) ? ADMINISTRATORS : [])];
  return (
    <nav id="navigation" aria-label={texts.mainNavigation}>
      <ul>
        {links.map((one) => (
          <li key={one}>
            <a href={hrefOf(one)} {...(one === current ? { 'aria-current': 'page' } : {})}>
              {texts.pages[one]}
            </a>
          </li>
        ))}
      </ul>
      <p class="version">{me.version}</p>
    </nav>
  );
}
