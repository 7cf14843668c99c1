import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Me } from '../contract.ts';
import type { Api } from './api.ts';
import { Shell } from './shell.tsx';
import { SessionContext } from './session.ts';
import { isAdministrator } from './session.ts';
import { hrefOf } from './route.ts';
import type { Query, Route } from './route.ts';
import type { Tokens } from './sign-in.ts';
import { LANGUAGES, languageOf, textsOf } from './texts/texts.ts';
import type { Language } from './texts/texts.ts';
import { useRoute } from './use-route.ts';
import { ApiError } from './api.ts';
import { Failure } from './parts/feedback.tsx';
import { PageFrame } from './parts/page.tsx';
import { ApprovalsPage } from './pages/approvals.tsx';
import { AttemptPage } from './pages/attempt.tsx';
import { ControlsPage } from './pages/controls.tsx';
import { ExceptionsPage } from './pages/exceptions.tsx';
import { FindingPage } from './pages/finding.tsx';
import { FindingsPage } from './pages/findings.tsx';
import { HealthPage } from './pages/health.tsx';
import { HistoryPage } from './pages/history.tsx';
import { StatisticsPage } from './pages/statistics.tsx';
import { UsersPage } from './pages/users.tsx';
import { useSession } from './session.ts';

/** A choice of language outlives the visit; nothing else is kept. */
const KEPT = 'asr-language';

/** The language that was chosen, else one of the browser's. */
export function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  return languageOf([...(kept === null ? [] : [kept]), ...navigator.languages]);
}

/** The whole console for a user who is signed in. */
export function App({
  api,
  me,
  signOut,
}: {
  readonly api: Api;
  readonly me: Me;
  readonly signOut: Tokens['signOut'];
}) {
  const [language, setLanguage] = useState(firstLanguage);
  const [notice, setNotice] = useState<string>();
  const route = useRoute();
  const texts = textsOf(language);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  // A message is about the page it came up on.
  const { page, id } = placeOf(route);
  const shownOn = useRef(id);
  useEffect(() => {
    if (shownOn.current !== id) setNotice(undefined);
    shownOn.current = id;
  }, [id]);
  const session = useMemo(
    () => ({ api, me, texts, language, tell: setNotice }),
    [api, me, texts, language],
  );
  return (
    <SessionContext.Provider value={session}>
      <Shell
        page={page}
        notice={notice}
        onDismiss={() => setNotice(undefined)}
        onLanguage={(chosen) => {
          localStorage.setItem(KEPT, chosen);
          setLanguage(chosen);
        }}
        languages={LANGUAGES}
        signOut={signOut}
      >
        <Content key={id} page={page} query={route.query} />
      </Shell>
    </SessionContext.Provider>
  );
}

/** Filters change a page, not the place. */
function placeOf({ page, query }: Route): { readonly page: Route['page']; readonly id: string } {
  return { page, id: `${page ?? ''} ${query['id'] ?? ''} ${query['productArn'] ?? ''}` };
}

function Content({ page, query }: { readonly page: Route['page']; readonly query: Query }) {
  const { me, texts } = useSession();
  const forbidden = (title: string) => (
    <PageFrame title={title}>
      <Failure error={new ApiError('forbidden')} />
    </PageFrame>
  );
  const isAdmin = isAdministrator(me);
  switch (page) {
    case 'findings':
      return <FindingsPage query={query} />;
    case 'finding':
      return <FindingPage query={query} />;
    case 'approvals':
      return <ApprovalsPage />;
    case 'history':
      return <HistoryPage query={query} />;
    case 'attempt':
      return <AttemptPage query={query} />;
    case 'controls':
      return isAdmin ? <ControlsPage query={query} /> : forbidden(texts.pages.controls);
    case 'exceptions':
      return <ExceptionsPage />;
    case 'health':
      return isAdmin ? <HealthPage /> : forbidden(texts.pages.health);
    case 'statistics':
      return <StatisticsPage query={query} />;
    case 'users':
      return isAdmin ? <UsersPage /> : forbidden(texts.pages.users);
    case undefined:
      return (
        <PageFrame title={texts.notFound}>
          <p>
            <a href={hrefOf('findings')}>{texts.toFindings}</a>
          </p>
        </PageFrame>
      );
  }
}
