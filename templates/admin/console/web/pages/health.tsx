import { useState } from 'preact/hooks';
import type { Health } from '../../contract.ts';
import { Dialog } from '../parts/dialog.tsx';
import { State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import { useSession } from '../session.ts';
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
          <ul lang="en">
            {warnings.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
      </section>
      <section class="panel">
        <h2>{words.breakers}</h2>
        {openBreakers.length === 0 ? (
          <p>{words.noBreakers}</p>
        ) : (
          <Table
            caption={words.breakers}
            rows={openBreakers}
            keyOf={({ control }) => control}
            columns={[
              {
                title: fields.control,
                kind: 'main',
                cell: ({ control }) => (
                  <a href={hrefOf('controls', { search: control })}>{control}</a>
                ),
              },
              { title: fields.expires, cell: ({ until }) => timeText(until, language) },
            ]}
          />
        )}
      </section>
      <section class="panel">
        <h2>{words.queues}</h2>
        <Table
          caption={words.queues}
          rows={queues}
          keyOf={({ name }) => name}
          columns={[
            { title: words.queue, kind: 'main', cell: ({ name }) => name },
            { title: words.waiting, kind: 'number', cell: ({ waiting }) => waiting },
          ]}
        />
      </section>
    </>
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
  const { api, texts, tell } = useSession();
  const { health: words } = texts;
  const [isAsking, setAsking] = useState(false);
  return (
    <section class={isPaused ? 'panel stopped' : 'panel runs'}>
      <div class="spread">
        <div>
          <h2>{isPaused ? words.paused : words.running}</h2>
          {isPaused ? <p>{words.pausedText}</p> : null}
        </div>
        <button
          type="button"
          class={isPaused ? 'primary' : 'grave'}
          onClick={() => setAsking(true)}
        >
          {isPaused ? words.resume : words.stop}
        </button>
      </div>
      {isAsking ? (
        <Dialog
          title={isPaused ? words.resumeTitle : words.stopTitle}
          confirm={isPaused ? words.resume : words.stop}
          isGrave={!isPaused}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await api.change(EVERY, { paused: !isPaused });
            tell(words.done);
            onDone();
          }}
        >
          <p>{isPaused ? words.resumeText : words.stopText}</p>
        </Dialog>
      ) : null}
    </section>
  );
}
