import { useState } from 'preact/hooks';
import type { ExceptionItem } from '../../contract.ts';
import { Badge } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { CoveredList, ExceptionDialog } from '../parts/exception-dialog.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { dayText } from '../format.ts';
import { useSession } from '../session.ts';
import { useLoad } from '../use-load.ts';

/** What is left alone, until when and why. */
export function ExceptionsPage() {
  const { api, texts, tell, language } = useSession();
  const { exceptions, fields } = texts;
  const { value, error, isLoading, reload } = useLoad('exceptions', (signal) =>
    api.exceptions(signal),
  );
  const [isAdding, setAdding] = useState(false);
  const [ending, setEnding] = useState<ExceptionItem>();
  const items = value?.items ?? [];
  return (
    <PageFrame
      title={texts.pages.exceptions}
      intro={exceptions.intro}
      actions={
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          {exceptions.add}
        </button>
      }
    >
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={items.length === 0}
        empty={<Empty title={exceptions.empty} />}
      >
        <Table
          caption={texts.pages.exceptions}
          rows={items}
          keyOf={({ id }) => id}
          columns={[
            { title: fields.reason, kind: 'main', cell: ({ reason }) => reason },
            { title: exceptions.scope, cell: (one) => <CoveredList covered={one} /> },
            { title: fields.owner, cell: ({ owner }) => owner },
            {
              title: fields.expires,
              cell: ({ expiresAt }) => (
                <>
                  <span class="nowrap">{dayText(expiresAt, language)}</span>{' '}
                  {Date.parse(expiresAt) <= Date.now() ? (
                    <Badge tone="plain">{exceptions.expired}</Badge>
                  ) : null}
                </>
              ),
            },
            {
              title: exceptions.end,
              kind: 'actions',
              cell: (one) => (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`${exceptions.end}: ${one.reason}`}
                  onClick={() => setEnding(one)}
                >
                  {exceptions.end}
                </button>
              ),
            },
          ]}
        />
      </State>
      {isAdding ? (
        <ExceptionDialog
          title={exceptions.add}
          text={exceptions.intro}
          onClose={() => setAdding(false)}
          onDone={reload}
        />
      ) : null}
      {ending === undefined ? null : (
        <Dialog
          title={exceptions.endTitle}
          confirm={exceptions.end}
          isGrave
          onClose={() => setEnding(undefined)}
          onConfirm={async () => {
            await api.endException(ending.id);
            tell(exceptions.ended);
            reload();
          }}
        >
          <p>
            <strong>{ending.reason}</strong>
          </p>
          <CoveredList covered={ending} />
          <p>{exceptions.endText}</p>
        </Dialog>
      )}
    </PageFrame>
  );
}
