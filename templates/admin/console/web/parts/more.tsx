import { useSession } from '../session.ts';

/** Goes on with a list, and says how much is shown. */
export function More({
  count,
  more,
  isLoading,
}: {
  readonly count: number;
  readonly more?: (() => void) | undefined;
  readonly isLoading: boolean;
}) {
  const { texts } = useSession();
  return (
    <div class="more">
      <p class="count" role="status">
        {isLoading ? texts.loading : texts.loaded(count)}
      </p>
      {more === undefined ? null : (
        <button
          type="button"
          aria-disabled={isLoading}
          onClick={() => (isLoading ? undefined : more())}
        >
          {texts.more}
        </button>
      )}
    </div>
  );
}
