import type { AttemptSummary } from '../../contract.ts';
import { secondsBetween, shortResource, timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { Outcome } from './badge.tsx';
import { Table } from './table.tsx';
import type { Column } from './table.tsx';

/** Attempts, each with a link to its page. `isShort` leaves out what is the same for all of one resource. */
export function AttemptsTable({
  caption,
  attempts,
  isShort = false,
}: {
  readonly caption: string;
  readonly attempts: readonly AttemptSummary[];
  readonly isShort?: boolean;
}) {
  const { texts, language } = useSession();
  const { fields } = texts;
  const place: readonly Column<AttemptSummary>[] = [
    {
      title: fields.resource,
      cell: ({ control, resource }) => (
        <>
          <strong>{control}</strong>
          <span class="under mono" title={resource}>
            {shortResource(resource)}
          </span>
        </>
      ),
      kind: 'main',
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
  ];
  const columns: readonly Column<AttemptSummary>[] = [
    {
      title: fields.begun,
      cell: ({ id, claimedAt }) => (
        <a class="nowrap" href={hrefOf('attempt', { id })}>
          {timeText(claimedAt, language)}
        </a>
      ),
    },
    { title: fields.outcome, cell: (attempt) => <Outcome attempt={attempt} /> },
    { title: fields.mode, cell: ({ mode }) => wordOf(texts.modes, mode) },
    ...(isShort ? [] : place),
    {
      title: fields.origin,
      cell: ({ origin, actor }) => (
        <>
          {wordOf(texts.origins, origin)}
          {origin === 'automatic' ? null : <span class="under">{actor}</span>}
        </>
      ),
    },
    {
      title: fields.took,
      cell: ({ claimedAt, endedAt }) => {
        const seconds = secondsBetween(claimedAt, endedAt);
        return seconds === undefined ? '' : texts.attempt.seconds(seconds);
      },
      kind: 'number',
    },
  ];
  return <Table caption={caption} columns={columns} rows={attempts} keyOf={({ id }) => id} />;
}
