import { AttemptsTable } from '../parts/attempts-table.tsx';
import { CsvButton } from '../parts/csv.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { Filters, SelectField, TextField } from '../parts/filters.tsx';
import { More } from '../parts/more.tsx';
import { PageFrame } from '../parts/page.tsx';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { useList } from '../use-load.ts';

/** Every attempt, the newest first. */
export function HistoryPage({ query }: { readonly query: Query }) {
  const { api, me, texts } = useSession();
  const { fields, history } = texts;
  const { items, isLoading, error, more, reload } = useList(JSON.stringify(query), (next, signal) =>
    api.attempts({ ...query, ...(next === undefined ? {} : { next }) }, signal),
  );
  const field = (name: string) => ({ name, value: query[name] ?? '' });
  return (
    <PageFrame
      title={texts.pages.history}
      intro={history.intro}
      actions={
        <>
          <CsvButton name="attempts.csv" query={query} />
          <button type="button" onClick={reload}>
            {texts.refresh}
          </button>
        </>
      }
    >
      <Filters page="history" query={query}>
        <TextField label={fields.control} {...field('control')} placeholder="S3.2" />
        <TextField
          label={fields.account}
          {...field('account')}
          placeholder="111122223333"
          list={me.accounts}
        />
        <SelectField
          label={fields.outcome}
          {...field('outcome')}
          options={[['', texts.all], ...Object.entries(texts.outcomes)]}
        />
        <TextField label={fields.from} {...field('from')} type="date" />
        <TextField label={fields.to} {...field('to')} type="date" />
      </Filters>
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={items.length === 0 && more === undefined}
        empty={<Empty title={history.empty} hint={history.emptyHint} />}
      >
        {items.length === 0 ? null : (
          <AttemptsTable caption={texts.pages.history} attempts={items} />
        )}
        <More count={items.length} more={more} isLoading={isLoading} />
      </State>
    </PageFrame>
  );
}
