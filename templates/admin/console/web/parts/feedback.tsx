import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { Told } from './told.tsx';

export function Loading() {
  const { texts } = useSession();
  return (
    <p class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {texts.loading}
    </p>
  );
}

export function Empty({ title, hint }: { readonly title: string; readonly hint?: string }) {
  return (
    <div class="empty" role="status">
      <p class="empty-title">{title}</p>
      {hint === undefined ? null : <p>{hint}</p>}
    </div>
  );
}

/** What went wrong in the reader's language, what the API says about it, and a way on. */
export function Failure({
  error,
  retry,
}: {
  readonly error: ApiError;
  readonly retry?: (() => void) | undefined;
}) {
  const { texts } = useSession();
  return (
    <div class="failure" role="alert">
      <p class="failure-title">{problemText(error, texts.problems)}</p>
      <Told said={error} />
      {retry === undefined || error.code === 'forbidden' ? null : (
        <button type="button" onClick={retry}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}

function problemText({ code }: ApiError, problems: Readonly<Record<string, string>>): string {
  const text = wordOf(problems, code);
  return text === code ? wordOf(problems, 'unexpected') : text;
}

/** What a list or a page shows: loading, a failure, nothing, or its content. */
export function State({
  isLoading,
  error,
  reload,
  isEmpty,
  empty,
  children,
}: {
  readonly isLoading: boolean;
  readonly error?: ApiError | undefined;
  readonly reload: () => void;
  readonly isEmpty: boolean;
  readonly empty?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      {isEmpty ? null : children}
      {error === undefined ? null : <Failure error={error} retry={reload} />}
      {isEmpty && isLoading && error === undefined ? <Loading /> : null}
      {isEmpty && !isLoading && error === undefined ? empty : null}
    </>
  );
}
