import { SECURITY_HEADERS } from '../api/http.ts';
import type { HttpAnswer, HttpEvent } from '../api/http.ts';
import { FORMS } from '../api/validate.ts';
import { ROLES } from '../contract.ts';
import type { Role } from '../contract.ts';
import { languageOf, textsOf } from '../web/texts/texts.ts';
import type { Language } from '../web/texts/texts.ts';
import { cookieOf } from './identity.ts';
import type { World } from './records.ts';
import { SAMPLE_ACCOUNTS } from './sample.ts';

const PATH = '/local/';

const WORDS = {
  en: {
    title: 'Who are you?',
    intro:
      'This console runs on this machine and has no sign-in. Choose a role to see what it may do.',
    notes: {
      administrator: 'may do everything.',
      'delegated-administrator': 'may do everything but invite and remove administrators.',
      'account-operator': 'sees and remediates findings of the accounts below only.',
    },
    accounts: 'Accounts of the account operator',
    confirm: 'Sign in',
  },
  ja: {
    title: 'あなたのロール',
    intro:
      'このコンソールはこのマシンで動作し、サインインはありません。ロールを選ぶと、そのロールでできることを確認できます。',
    notes: {
      administrator: 'すべての操作ができます。',
      'delegated-administrator': '管理者の招待と削除を除き、すべての操作ができます。',
      'account-operator': '次のアカウントの検出結果だけを表示し、修復できます。',
    },
    accounts: 'アカウント担当者のアカウント',
    confirm: 'サインイン',
  },
} as const satisfies Readonly<Record<Language, object>>;

/** Whether a path belongs to the page that stands in for signing in. */
export function isIdentityPath(path: string): boolean {
  return path === PATH || path === PATH.slice(0, -1);
}

/** In place of signing in: asks who somebody is, and remembers the answer in a cookie. */
export async function serveIdentity(
  world: World,
  current: Role,
  { body = '', headers = {}, requestContext }: HttpEvent,
): Promise<HttpAnswer> {
  const { tables } = world.backend;
  const { sub, email } = world.users['account-operator'];
  if (requestContext.http.method !== 'POST') {
    const accounts = (await tables.operators()).get(sub) ?? [];
    const wanted = (headers['accept-language'] ?? '').split(',').map((one) => one.trim());
    return page(current, accounts, languageOf(wanted));
  }
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const form = new URLSearchParams(body);
  const role = ROLES.find((one) => one === form.get('role'));
  if (site !== 'same-origin' || role === undefined)
    return { statusCode: 403, headers: SECURITY_HEADERS, body: '' };
  const accounts = form.getAll('account').filter((one) => FORMS.account.test(one));
  if (role === 'account-operator') await tables.putOperator(sub, email, accounts);
  return {
    statusCode: 303,
    headers: { ...SECURITY_HEADERS, 'set-cookie': cookieOf(role), location: '/' },
    body: '',
  };
}

function page(current: Role, accounts: readonly string[], language: Language): HttpAnswer {
  const words = WORDS[language];
  const names = textsOf(language);
  const roles = ROLES.map(
    (role) =>
      `<option value="${role}"${role === current ? ' selected' : ''}>${names.roles[role]}</option>`,
  ).join('\n');
  const notes = ROLES.map((role) => `<li>${names.roles[role]}: ${words.notes[role]}</li>`).join(
    '\n',
  );
  const boxes = SAMPLE_ACCOUNTS.map(
    (
      account,
    ) => `<label class="check"><input type="checkbox" name="account" value="${account}"${accounts.includes(account) ? ' checked' : ''}>
      <span>${account}</span></label>`,
  ).join('\n');
  const body = `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${words.title} - ${names.product}</title>
<link rel="stylesheet" href="/app.css">
<main class="start">
<h1>${words.title}</h1>
<p>${words.intro}</p>
<form method="post" action="${PATH}" class="dialog-body">
<label class="field"><span>${names.fields.role}</span>
<select name="role">
${roles}
</select></label>
<ul>
${notes}
</ul>
<fieldset><legend>${words.accounts}</legend>
${boxes}
</fieldset>
<p><button type="submit" class="primary">${words.confirm}</button></p>
</form>
</main>
</html>
`;
  return {
    statusCode: 200,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    },
    body,
  };
}
