import { useState } from 'preact/hooks';
import type { ApiError } from '../api.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { errorOf } from '../use-load.ts';
import { Failure } from './feedback.tsx';

/** Downloads the list as it is filtered. */
export function CsvButton({
  name,
  query,
}: {
  readonly name: 'findings.csv' | 'attempts.csv';
  readonly query: Query;
}) {
  const { api, texts } = useSession();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const download = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const url = URL.createObjectURL(await api.file(name, query));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      URL.revokeObjectURL(url);
    } catch (problem) {
      setError(errorOf(problem));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" aria-disabled={isBusy} onClick={() => void download()}>
        {texts.csv}
      </button>
      {error === undefined ? null : <Failure error={error} />}
    </>
  );
}
