import type { Control } from '../../contract.ts';
import { Badge, Impact } from '../parts/badge.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { Filters, SelectField, TextField } from '../parts/filters.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { timeText } from '../format.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { useLoad } from '../use-load.ts';
import { AutomaticSwitch, PauseButton } from './control-switch.tsx';

/** Controls with a remediation, and what is automatic. */
export function ControlsPage({ query }: { readonly query: Query }) {
  const { api, texts } = useSession();
  const { controls, fields } = texts;
  const { value, error, isLoading, reload } = useLoad('controls', (signal) => api.controls(signal));
  const all = value?.items ?? [];
  const shown = all.filter((one) => matches(one, query));
  const field = (name: string) => ({ name, value: query[name] ?? '' });
  return (
    <PageFrame title={texts.pages.controls} intro={controls.intro}>
      <Filters page="controls" query={query}>
        <TextField
          label={texts.search}
          {...field('search')}
          type="search"
          placeholder={controls.searchHint}
        />
        <SelectField
          label={controls.only}
          {...field('only')}
          options={[
            ['', controls.onlyAll],
            ['automatic', controls.onlyAutomatic],
            ['paused', controls.onlyPaused],
          ]}
        />
        <SelectField
          label={fields.standard}
          {...field('standard')}
          options={[['', texts.all], ...Object.entries(texts.standards)]}
        />
      </Filters>
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={shown.length === 0}
        empty={<Empty title={controls.empty} />}
      >
        <p class="count" role="status">
          {controls.shown(shown.length, all.length)}
        </p>
        <Table
          caption={texts.pages.controls}
          rows={shown}
          keyOf={({ id }) => id}
          columns={[
            {
              title: fields.control,
              kind: 'main',
              cell: (control) => <Described control={control} />,
            },
            { title: fields.impact, cell: ({ impact }) => <Impact impact={impact} /> },
            {
              title: fields.automatic,
              cell: (control) => <AutomaticSwitch control={control} onDone={reload} />,
            },
            {
              title: controls.pause,
              kind: 'actions',
              cell: (control) => <PauseButton control={control} onDone={reload} />,
            },
          ]}
        />
      </State>
    </PageFrame>
  );
}

function matches(
  { id, title, remediation, automatic, paused, standards }: Control,
  { search = '', only, standard = '' }: Query,
): boolean {
  const text = `${id} ${title} ${remediation}`.toLowerCase();
  return (
    text.includes(search.toLowerCase()) &&
    (only !== 'automatic' || automatic) &&
    (only !== 'paused' || paused) &&
    (standard === '' || standards.includes(standard))
  );
}

function Described({ control }: { readonly control: Control }) {
  const { texts, language } = useSession();
  const { controls, fields } = texts;
  const { id, title, remediation, impactText, undo, permissions, standards } = control;
  return (
    <>
      <strong>{id}</strong> <span lang="en">{title}</span>
      {control.paused ? (
        <>
          {' '}
          <Badge tone="warn">{controls.paused}</Badge>
        </>
      ) : null}
      {control.breakerOpenUntil === undefined ? null : (
        <p class="bad">{controls.breaker(timeText(control.breakerOpenUntil, language))}</p>
      )}
      <details>
        <summary>{remediation}</summary>
        <dl class="facts">
          <div>
            <dt>{fields.impact}</dt>
            <dd lang="en">{impactText}</dd>
          </div>
          <div>
            <dt>{fields.undo}</dt>
            <dd lang="en">{undo === 'yes' ? texts.yes : undo}</dd>
          </div>
          <div>
            <dt>{fields.standards}</dt>
            <dd>{standards.map((one) => wordOf(texts.standards, one)).join(', ')}</dd>
          </div>
          <div>
            <dt>{fields.permissions}</dt>
            <dd>
              <ul class="plain">
                {permissions.map((one) => (
                  <li key={one}>
                    <code>{one}</code>
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        </dl>
      </details>
    </>
  );
}
