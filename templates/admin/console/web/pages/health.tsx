import type { ComponentChildren } from 'preact';
import type { Health } from '../../contract.ts';
import { AskButton } from '../parts/ask-button.tsx';
import { State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import type { TableProps } from '../parts/table.tsx';
import { Told } from '../parts/told.tsx';
import { timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { useLoad } from '../use-load.ts';

/** Row of the configuration table that stands for all controls. */
const EVERY = '*';

/** How the installation is, and the switch that stops everything. */
export function HealthPage() {
  const { api, texts } = useSession();
  const { value, error, isLoading, reload } = useLoad('health', (signal) => api.health(signal));
  return (
    <PageFrame
      title={texts.pages.health}
      actions={
        <button type="button" onClick={reload}>
          {texts.refresh}
        </button>
      }
    >
      <State isLoading={isLoading} error={error} reload={reload} isEmpty={value === undefined}>
        {value === undefined ? null : <Content health={value} reload={reload} />}
      </State>
    </PageFrame>
  );
}

function Content({ health, reload }: { readonly health: Health; readonly reload: () => void }) {
  const { texts, language } = useSession();
  const { health: words, fields } = texts;
  const { openBreakers, queues, warnings } = health;
  return (
    <>
      <KillSwitch isPaused={health.paused} onDone={reload} />
      <dl class="figures">
        <Figure name={words.members} value={health.members} />
        <Figure name={words.automaticControls} value={health.automaticControls} />
        <Figure name={words.awaiting} value={health.awaitingApproval} href={hrefOf('approvals')} />
        <Figure name={words.held} value={health.held} />
      </dl>
      <section class={warnings.length === 0 ? 'panel' : 'panel attention'}>
        <h2>{words.warnings}</h2>
        {warnings.length === 0 ? (
          <p>{words.fine}</p>
        ) : (
          <ul>
            {warnings.map((one) => (
              <li key={one.message}>
                <Told said={one} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <Listed
        title={words.coverage}
        none={words.noGaps}
        rows={health.gaps}
        keyOf={({ account, region }) => `${account} ${region}`}
        columns={[
          {
            title: fields.account,
            kind: 'main',
            cell: ({ account, region, outcome }) => (
              <a href={hrefOf('history', { account, outcome })}>
                {account}, {region}
              </a>
            ),
          },
          { title: words.gaps, cell: ({ outcome }) => wordOf(texts.outcomes, outcome) },
        ]}
      >
        <p>{words.covered(health.automaticControls, health.controls)}</p>
      </Listed>
      <Listed
        title={words.limits}
        none={words.noLimits}
        rows={health.limits}
        keyOf={({ of, id }) => `${of} ${id}`}
        columns={[
          { title: fields.id, kind: 'main', cell: ({ id }) => id },
          { title: words.begun, kind: 'number', cell: ({ starts }) => starts },
          { title: words.limit, kind: 'number', cell: ({ limit }) => limit },
        ]}
      />
      <Listed
        title={words.breakers}
        none={words.noBreakers}
        rows={openBreakers}
        keyOf={({ control }) => control}
        columns={[
          {
            title: fields.control,
            kind: 'main',
            cell: ({ control }) => <a href={hrefOf('controls', { search: control })}>{control}</a>,
          },
          { title: fields.expires, cell: ({ until }) => timeText(until, language) },
        ]}
      />
      <Listed
        title={words.queues}
        none={texts.none}
        rows={queues}
        keyOf={({ name }) => name}
        columns={[
          { title: words.queue, kind: 'main', cell: ({ name }) => name },
          { title: words.waiting, kind: 'number', cell: ({ waiting }) => waiting },
        ]}
      />
    </>
  );
}

/** A table under its title, or that there is nothing to list. */
function Listed<T>({
  title,
  none,
  children,
  ...table
}: Omit<TableProps<T>, 'caption'> & {
  readonly title: string;
  readonly none: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {children}
      {table.rows.length === 0 ? <p>{none}</p> : <Table caption={title} {...table} />}
    </section>
  );
}

function Figure({
  name,
  value,
  href,
}: {
  readonly name: string;
  readonly value: number;
  readonly href?: string;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{href === undefined ? value : <a href={href}>{value}</a>}</dd>
    </div>
  );
}

function KillSwitch({
  isPaused,
  onDone,
}: {
  readonly isPaused: boolean;
  readonly onDone: () => void;
}) {
  const { api, texts } = useSession();
  const { health: words } = texts;
  return (
    <section class={isPaused ? 'panel stopped' : 'panel runs'}>
      <div class="spread">
        <div>
          <h2>{isPaused ? words.paused : words.running}</h2>
          {isPaused ? <p>{words.pausedText}</p> : null}
        </div>
        <AskButton
          name={isPaused ? words.resume : words.stop}
          look={isPaused ? 'primary' : 'grave'}
          title={isPaused ? words.resumeTitle : words.stopTitle}
          isGrave={!isPaused}
          done={words.done}
          onConfirm={async () => {
            await api.change(EVERY, { paused: !isPaused });
            onDone();
          }}
        >
          <p>{isPaused ? words.resumeText : words.stopText}</p>
        </AskButton>
      </div>
    </section>
  );
}
