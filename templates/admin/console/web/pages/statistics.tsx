import type { Statistics } from '../../contract.ts';
import { barsOf, sum } from '../chart.ts';
import { BarChart, ShareBar } from '../parts/bar-chart.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { SelectField } from '../parts/filters.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { dayFrom, dayText } from '../format.ts';
import { hrefOf } from '../route.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { useLoad } from '../use-load.ts';
import { go } from '../use-route.ts';

const USUAL = '30';
/** Rows of a ranking. */
const MOST_ROWS = 15;

/** How remediations ended over time, by control and by account. */
export function StatisticsPage({ query }: { readonly query: Query }) {
  const { api, texts } = useSession();
  const { statistics } = texts;
  const given = query['days'] ?? USUAL;
  const days = Object.hasOwn(statistics.periods, given) ? given : USUAL;
  const { value, error, isLoading, reload } = useLoad(days, (signal) => {
    const now = new Date();
    return api.statistics({ from: dayFrom(now, 1 - Number(days)), to: dayFrom(now, 0) }, signal);
  });
  return (
    <PageFrame title={texts.pages.statistics} intro={statistics.intro}>
      <div class="filters">
        <SelectField
          label={statistics.period}
          name="days"
          value={days}
          options={Object.entries(statistics.periods)}
          onChange={(chosen) => go('statistics', { days: chosen })}
        />
      </div>
      <State isLoading={isLoading} error={error} reload={reload} isEmpty={value === undefined}>
        {value === undefined ? null : <Content value={value} />}
      </State>
    </PageFrame>
  );
}

function Content({ value }: { readonly value: Statistics }) {
  const { texts } = useSession();
  const { statistics, fields } = texts;
  const [fixed, failed, other] = (['fixed', 'failed', 'other'] as const).map((kind) =>
    sum(value.days, kind),
  ) as [number, number, number];
  const tried = fixed + failed;
  if (tried + other === 0) return <Empty title={statistics.empty} />;
  return (
    <>
      {value.isPartial ? (
        <p class="panel attention" role="status">
          {statistics.partial}
        </p>
      ) : null}
      <dl class="figures">
        <div>
          <dt>{statistics.rate}</dt>
          <dd>{tried === 0 ? '–' : `${Math.round((fixed / tried) * 100)}%`}</dd>
          <dd class="soft">
            {tried === 0 ? statistics.noRate : statistics.rateText(fixed, tried)}
          </dd>
        </div>
        <div>
          <dt>{statistics.fixed}</dt>
          <dd>{fixed}</dd>
        </div>
        <div>
          <dt>{statistics.failed}</dt>
          <dd>{failed}</dd>
        </div>
        <div>
          <dt>{statistics.other}</dt>
          <dd>{other}</dd>
        </div>
      </dl>
      <OverTime days={value.days} />
      <div class="halves">
        <Ranking
          title={statistics.byControl}
          head={fields.control}
          rows={value.byControl.map(({ control, ...rest }) => ({
            name: control,
            href: hrefOf('history', { control, from: value.from, to: value.to }),
            ...rest,
          }))}
        />
        <Ranking
          title={statistics.byAccount}
          head={fields.account}
          rows={value.byAccount.map(({ account, ...rest }) => ({
            name: account,
            href: hrefOf('history', { account, from: value.from, to: value.to }),
            ...rest,
          }))}
        />
      </div>
    </>
  );
}

function OverTime({ days }: { readonly days: Statistics['days'] }) {
  const { texts, language } = useSession();
  const { statistics } = texts;
  const { bars, isWeekly } = barsOf(days);
  return (
    <section class="panel">
      <h2>{statistics.overTime}</h2>
      <p class="soft">{isWeekly ? statistics.weeks : statistics.days}</p>
      <BarChart bars={bars} />
      <details>
        <summary>{statistics.table}</summary>
        <Table
          caption={statistics.overTime}
          rows={bars}
          keyOf={({ day }) => day}
          columns={[
            { title: statistics.day, kind: 'main', cell: ({ day }) => dayText(day, language) },
            { title: statistics.fixed, kind: 'number', cell: ({ fixed }) => fixed },
            { title: statistics.failed, kind: 'number', cell: ({ failed }) => failed },
            { title: statistics.other, kind: 'number', cell: ({ other }) => other },
          ]}
        />
      </details>
    </section>
  );
}

interface Ranked {
  readonly name: string;
  readonly href: string;
  readonly fixed: number;
  readonly failed: number;
}

function Ranking({
  title,
  head,
  rows,
}: {
  readonly title: string;
  readonly head: string;
  readonly rows: readonly Ranked[];
}) {
  const { texts } = useSession();
  const { statistics } = texts;
  const most = Math.max(0, ...rows.map(({ fixed, failed }) => fixed + failed));
  return (
    <section class="panel">
      <h2>{title}</h2>
      <Table
        caption={title}
        rows={rows.slice(0, MOST_ROWS)}
        keyOf={({ name }) => name}
        columns={[
          { title: head, kind: 'main', cell: ({ name, href }) => <a href={href}>{name}</a> },
          {
            title: statistics.share,
            cell: ({ fixed, failed }) => <ShareBar fixed={fixed} failed={failed} most={most} />,
          },
          { title: statistics.fixed, kind: 'number', cell: ({ fixed }) => fixed },
          { title: statistics.failed, kind: 'number', cell: ({ failed }) => failed },
        ]}
      />
    </section>
  );
}
