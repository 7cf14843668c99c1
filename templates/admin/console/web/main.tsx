import { render } from 'preact';
import type { WebConfig } from '../contract.ts';
import { createApi } from './api.ts';
import { App, firstLanguage } from './app.tsx';
import { leave, signIn } from './sign-in.ts';
import { textsOf, wordOf } from './texts/texts.ts';
import { errorOf } from './use-load.ts';

const texts = textsOf(firstLanguage());
document.documentElement.lang = firstLanguage();

async function start(root: HTMLElement): Promise<void> {
  render(<Start />, root);
  let config: WebConfig | undefined;
  try {
    config = (await (await fetch('/config.json')).json()) as WebConfig;
    const tokens = await signIn(config);
    if (tokens === undefined) return;
    const api = createApi(tokens);
    const me = await api.me();
    render(<App api={api} me={me} signOut={tokens.signOut} />, root);
  } catch (error) {
    render(<NotStarted error={error} config={config} />, root);
  }
}

function Start() {
  return (
    <main class="start">
      <p class="loading" role="status">
        <span class="spinner" aria-hidden="true" />
        {texts.starting}
      </p>
    </main>
  );
}

/** Not begun anew by itself: that would go round in circles. */
function NotStarted({
  error,
  config,
}: {
  readonly error: unknown;
  readonly config: WebConfig | undefined;
}) {
  const { code } = errorOf(error);
  // Managed login says why it refused, too.
  const message = error instanceof Error ? error.message : '';
  const again = (): void => {
    if (config === undefined || config.local) location.reload();
    else void leave(config);
  };
  return (
    <main class="start">
      <h1>{texts.signInFailed}</h1>
      <div role="alert">
        <p>{wordOf(texts.problems, code)}</p>
        {message === '' ? null : <p lang="en">{message}</p>}
        <p>{texts.signInAgain}</p>
      </div>
      <button type="button" class="primary" onClick={again}>
        {config === undefined ? texts.retry : texts.signIn}
      </button>
    </main>
  );
}

const root = document.querySelector<HTMLElement>('#app');
if (root !== null) void start(root);
