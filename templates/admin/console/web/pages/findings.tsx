import { useEffect, useState } from 'preact/hooks';
import type { FindingSummary } from '../../contract.ts';
import { Impact, Severity } from '../parts/badge.tsx';
import { RemediateDialog } from '../parts/act-dialog.tsx';
import { CsvButton } from '../parts/csv.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { Filters, SelectField, TextField } from '../parts/filters.tsx';
import { More } from '../parts/more.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import type { Column } from '../parts/table.tsx';
import { shortResource, timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { useList } from '../use-load.ts';
import { SelectionBar } from './findings-selection.tsx';

/** The API takes this many findings at a time. */
const MOST = 20;

/** Failed findings, with filters and actions on several. */
export function FindingsPage({ query }: { readonly query: Query }) {
  const { api, texts, language } = useSession();
  const { fields, findings } = texts;
  const key = JSON.stringify(query);
  const { items, isLoading, error, more, reload } = useList(key, (next, signal) =>
    api.findings({ ...query, ...(next === undefined ? {} : { next }) }, signal),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  // What a filter hides must not be remediated.
  useEffect(() => setChosen(new Set()), [key]);
  const selected = items.filter((one) => chosen.has(keyOf(one)));
  const able = items.filter(({ remediation }) => remediation !== undefined);
  const all = able.slice(0, MOST);
  const isAll = all.length > 0 && all.every((one) => chosen.has(keyOf(one)));
  const toggle = (one: FindingSummary, isOn: boolean): void => {
    const rest = [...chosen].filter((id) => id !== keyOf(one));
    setChosen(new Set(isOn ? [...rest, keyOf(one)] : rest));
  };
  const columns: readonly Column<FindingSummary>[] = [
    {
      title: findings.selectAll,
      kind: 'check',
      head: (
        <input
          type="checkbox"
          aria-label={findings.selectAll}
          checked={isAll}
          disabled={all.length === 0}
          onChange={() => setChosen(new Set(isAll ? [] : all.map(keyOf)))}
        />
      ),
      cell: (one) =>
        one.remediation === undefined ? null : (
          <input
            type="checkbox"
            aria-label={findings.select(`${one.control} ${shortResource(one.resource)}`)}
            checked={chosen.has(keyOf(one))}
            disabled={chosen.size >= MOST && !chosen.has(keyOf(one))}
            onChange={(event) => toggle(one, event.currentTarget.checked)}
          />
        ),
    },
    { title: fields.severity, cell: ({ severity }) => <Severity severity={severity} /> },
    {
      title: fields.title,
      kind: 'main',
      cell: ({ id, productArn, title, control, resource }) => (
        <>
          <a href={hrefOf('finding', { id, productArn })}>{title}</a>
          <span class="under">
            <strong>{control}</strong>{' '}
            <span class="mono" title={resource}>
              {shortResource(resource)}
            </span>
          </span>
        </>
      ),
    },
    {
      title: fields.account,
      cell: ({ account, region }) => (
        <>
          <span class="nowrap">{account}</span>
          <span class="under nowrap">{region}</span>
        </>
      ),
    },
    {
      title: fields.remediation,
      cell: ({ remediation, impact }) =>
        remediation === undefined ? (
          <span class="soft">{findings.noRemediation}</span>
        ) : (
          <Impact impact={impact ?? ''} />
        ),
    },
    {
      title: fields.updated,
      cell: ({ updatedAt }) => <span class="soft nowrap">{timeText(updatedAt, language)}</span>,
    },
  ];
  return (
    <PageFrame
      title={texts.pages.findings}
      intro={findings.intro}
      actions={<CsvButton name="findings.csv" query={query} />}
    >
      <FindingFilters query={query} />
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={items.length === 0 && more === undefined}
        empty={<Empty title={findings.empty} hint={findings.emptyHint} />}
      >
        {items.length === 0 ? null : (
          <Table
            caption={texts.pages.findings}
            columns={columns}
            rows={items}
            keyOf={keyOf}
            isSelected={(one) => chosen.has(keyOf(one))}
          />
        )}
        <More count={items.length} more={more} isLoading={isLoading} />
      </State>
      {selected.length === 0 ? null : (
        <SelectionBar
          selected={selected}
          most={MOST}
          onClear={() => setChosen(new Set())}
          onRemediate={() => setAsking(true)}
        />
      )}
      {isAsking ? (
        <RemediateDialog
          findings={selected}
          onClose={() => setAsking(false)}
          onDone={() => setChosen(new Set())}
        />
      ) : null}
    </PageFrame>
  );
}

function keyOf({ id, productArn }: FindingSummary): string {
  return `${id} ${productArn}`;
}

function FindingFilters({ query }: { readonly query: Query }) {
  const { me, texts } = useSession();
  const { fields, findings } = texts;
  const options = (words: Readonly<Record<string, string>>) =>
    [['', texts.all], ...Object.entries(words)] as const;
  const field = (name: string) => ({ name, value: query[name] ?? '' });
  return (
    <Filters page="findings" query={query}>
      <TextField
        label={texts.search}
        {...field('search')}
        type="search"
        placeholder={findings.searchHint}
      />
      <SelectField
        label={fields.severity}
        {...field('severity')}
        options={options(texts.severities)}
      />
      <TextField label={fields.control} {...field('control')} placeholder="S3.2, EC2.2" />
      <TextField
        label={fields.account}
        {...field('account')}
        placeholder="111122223333"
        list={me.accounts}
      />
      <TextField label={fields.region} {...field('region')} placeholder="eu-central-1" />
      <SelectField
        label={fields.standard}
        {...field('standard')}
        options={options(texts.standards)}
      />
      <SelectField
        label={fields.workflow}
        {...field('workflow')}
        options={[['', findings.openWorkflows], ...Object.entries(texts.workflows)]}
      />
    </Filters>
  );
}
