import type { NewException } from '../../contract.ts';
import { dayFrom, listOf, textIn } from '../format.ts';
import { useSession } from '../session.ts';
import { Dialog } from './dialog.tsx';
import { TextField } from './filters.tsx';

export type Covered = Pick<NewException, 'controls' | 'accounts' | 'regions' | 'resources'>;

const LISTS = ['controls', 'accounts', 'regions', 'resources'] as const;
/** Days that an exception lasts unless another end is chosen. */
const USUAL_DAYS = 90;

/** Adds an exception; what it covers is given, or asked for. */
export function ExceptionDialog({
  title,
  text,
  covered,
  onDone,
  onClose,
}: {
  readonly title: string;
  readonly text: string;
  readonly covered?: Covered;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { api, me, texts, tell } = useSession();
  const { exceptions, fields, suppress } = texts;
  const now = new Date();
  const hints = { controls: 'S3.2', accounts: '111122223333', regions: 'eu-central-1' };
  return (
    <Dialog
      title={title}
      confirm={suppress.confirm}
      onClose={onClose}
      onConfirm={async (form) => {
        const owner = textIn(form, 'owner');
        const asked = LISTS.map((name) => [name, listOf(textIn(form, name))] as const);
        await api.except({
          reason: textIn(form, 'reason'),
          // The chosen day is included.
          expiresAt: `${textIn(form, 'day')}T23:59:59.000Z`,
          ...(owner === '' ? {} : { owner }),
          ...(covered ?? Object.fromEntries(asked.filter(([, list]) => list.length > 0))),
        });
        tell(suppress.done);
        onDone();
      }}
    >
      <p>{text}</p>
      <TextField label={fields.reason} name="reason" isRequired longest={1024} />
      <div class="fields">
        <TextField
          label={exceptions.days}
          name="day"
          type="date"
          value={dayFrom(now, USUAL_DAYS)}
          min={dayFrom(now, 0)}
          isRequired
        />
        <TextField label={fields.owner} name="owner" hint={exceptions.ownerHint} longest={256} />
      </div>
      {covered === undefined ? (
        <fieldset>
          <legend>{exceptions.scope}</legend>
          <p class="hint">
            {exceptions.scopeHint} {texts.listHint}
          </p>
          <div class="fields">
            <TextField label={fields.controls} name="controls" placeholder={hints.controls} />
            <TextField
              label={fields.accounts}
              name="accounts"
              placeholder={hints.accounts}
              value={(me.accounts ?? []).join(', ')}
            />
            <TextField label={fields.regions} name="regions" placeholder={hints.regions} />
          </div>
          <TextField
            label={fields.resources}
            name="resources"
            hint={exceptions.resourceHint}
            longest={4096}
          />
        </fieldset>
      ) : (
        <CoveredList covered={covered} />
      )}
    </Dialog>
  );
}

/** What an exception is about; all that is given must match. */
export function CoveredList({ covered }: { readonly covered: Covered }) {
  const { texts } = useSession();
  const given = LISTS.filter((name) => (covered[name] ?? []).length > 0);
  if (given.length === 0) return <strong>{texts.exceptions.everything}</strong>;
  return (
    <dl class="covered">
      {given.map((name) => (
        <div key={name}>
          <dt>{texts.fields[name]}</dt>
          <dd class={name === 'resources' ? 'mono' : undefined}>{covered[name]?.join(', ')}</dd>
        </div>
      ))}
    </dl>
  );
}
