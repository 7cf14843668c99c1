import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Me } from '../contract.ts';
import type { Api } from './api.ts';
import type { Language, Texts } from './texts/texts.ts';

/** What every page needs. */
export interface Session {
  readonly api: Api;
  readonly me: Me;
  readonly texts: Texts;
  readonly language: Language;
  /** Shows a message, which screen readers speak. */
  readonly tell: (message: string) => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('There is no session.');
  return session;
}

/** Whether the user may see controls, health and users. The API decides; this only hides what it would refuse. */
export function isAdministrator({ role }: Me): boolean {
  return role !== 'account-operator';
}
