import { useState } from 'preact/hooks';
import { AskButton } from '../parts/ask-button.tsx';
import { Badge } from '../parts/badge.tsx';
import { CoveredList, ExceptionDialog } from '../parts/exception-dialog.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { dayText } from '../format.ts';
import { useSession } from '../session.ts';
import { useLoad } from '../use-load.ts';

/** What is left alone, until when and why. */
export function ExceptionsPage() {
  const { api, texts, language } = useSession();
  const { exceptions, fields } = texts;
  const { value, error, isLoading, reload } = useLoad('exceptions', (signal) =>
    api.exceptions(signal),
  );
  const [isAdding, setAdding] = useState(false);
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
                <AskButton
                  name={exceptions.end}
                  label={`${exceptions.end}: ${one.reason}`}
                  look="quiet"
                  title={exceptions.endTitle}
                  isGrave
                  done={exceptions.ended}
                  onConfirm={async () => {
                    await api.endException(one.id);
                    reload();
                  }}
                >
                  <p>
                    <strong>{one.reason}</strong>
                  </p>
                  <CoveredList covered={one} />
                  <p>{exceptions.endText}</p>
                </AskButton>
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
    </PageFrame>
  );
}
