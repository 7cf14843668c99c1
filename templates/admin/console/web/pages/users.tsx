import { useState } from 'preact/hooks';
import { ROLES } from '../../contract.ts';
import type { Role } from '../../contract.ts';
import { AskButton } from '../parts/ask-button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, State } from '../parts/feedback.tsx';
import { SelectField, TextField } from '../parts/filters.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Table } from '../parts/table.tsx';
import { listOf, textIn } from '../format.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { useLoad } from '../use-load.ts';

/** Who may sign in. */
export function UsersPage() {
  const { api, me, texts } = useSession();
  const { users, fields } = texts;
  const { value, error, isLoading, reload } = useLoad('users', (signal) => api.users(signal));
  const [isInviting, setInviting] = useState(false);
  const items = value?.items ?? [];
  return (
    <PageFrame
      title={texts.pages.users}
      intro={users.intro}
      actions={
        <button type="button" class="primary" onClick={() => setInviting(true)}>
          {users.invite}
        </button>
      }
    >
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={items.length === 0}
        empty={<Empty title={users.empty} />}
      >
        <Table
          caption={texts.pages.users}
          rows={items}
          keyOf={({ name }) => name}
          columns={[
            {
              title: fields.email,
              kind: 'main',
              cell: ({ email }) => (email === me.name ? `${email} (${users.you})` : email),
            },
            { title: fields.role, cell: ({ role }) => texts.roles[role] },
            {
              title: fields.accounts,
              cell: ({ role, accounts = [] }) =>
                role === 'account-operator' ? accounts.join(', ') || texts.none : texts.all,
            },
            { title: fields.status, cell: ({ status }) => wordOf(texts.userStatuses, status) },
            {
              title: users.remove,
              kind: 'actions',
              cell: (one) =>
                mayManage(me.role, one.role) ? (
                  <AskButton
                    name={users.remove}
                    label={`${users.remove} ${one.email}`}
                    look="quiet"
                    title={users.removeTitle(one.email)}
                    isGrave
                    done={users.removed}
                    onConfirm={async () => {
                      await api.removeUser(one.name);
                      reload();
                    }}
                  >
                    <p>{users.removeText}</p>
                  </AskButton>
                ) : null,
            },
          ]}
        />
      </State>
      {isInviting ? <InviteDialog onDone={reload} onClose={() => setInviting(false)} /> : null}
    </PageFrame>
  );
}

/** A delegated administrator neither makes nor removes administrators. */
function mayManage(own: Role, other: Role): boolean {
  return own === 'administrator' || other !== 'administrator';
}

function InviteDialog({
  onDone,
  onClose,
}: {
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { api, me, texts, tell } = useSession();
  const { users, fields } = texts;
  const [role, setRole] = useState<Role>('account-operator');
  const roles = ROLES.filter((one) => mayManage(me.role, one)).toReversed();
  return (
    <Dialog
      title={users.inviteTitle}
      confirm={users.invite}
      onClose={onClose}
      onConfirm={async (form) => {
        const { email } = await api.invite({
          email: textIn(form, 'email'),
          role,
          ...(role === 'account-operator' ? { accounts: listOf(textIn(form, 'accounts')) } : {}),
        });
        tell(users.invited(email));
        onDone();
      }}
    >
      <p>{users.inviteText}</p>
      <TextField label={fields.email} name="email" type="email" isRequired longest={256} />
      <SelectField
        label={fields.role}
        name="role"
        value={role}
        options={roles.map((one) => [one, texts.roles[one]] as const)}
        onChange={(chosen) => setRole(roles.find((one) => one === chosen) ?? 'account-operator')}
      />
      {role === 'account-operator' ? (
        <TextField
          label={fields.accounts}
          name="accounts"
          hint={users.accountsHint}
          pattern="\s*\d{12}(\s*,\s*\d{12}){0,19}\s*"
          isRequired
        />
      ) : null}
    </Dialog>
  );
}
