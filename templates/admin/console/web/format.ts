import type { Language } from './texts/texts.ts';

/** Day and time in the reader's own zone; the text itself when it is no time. */
export function timeText(iso: string, language: Language): string {
  return formatted(iso, language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A day in the reader's own zone; the text itself when it is no time. */
export function dayText(iso: string, language: Language): string {
  return formatted(iso, language, { dateStyle: 'medium' });
}

function formatted(iso: string, language: Language, options: Intl.DateTimeFormatOptions): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return new Intl.DateTimeFormat(language, options).format(time);
}

/** Seconds from one time to another; undefined when one is missing. */
export function secondsBetween(begun: string, ended: string | undefined): number | undefined {
  const seconds = Math.round((Date.parse(ended ?? '') - Date.parse(begun)) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** What tells resources apart for people: the part after the account in an ARN. */
export function shortResource(resource: string): string {
  return /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?<rest>.+)$/su.exec(resource)?.groups?.['rest'] ?? resource;
}

/** Entries of a text separated by commas or white space. */
export function listOf(text: string): readonly string[] {
  return text.split(/[\s,、]+/u).filter((one) => one !== '');
}

/** The day `days` from `now` on, in UTC, as YYYY-MM-DD. */
export function dayFrom(now: Date, days: number): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A value of a call's parameter as people read it: texts and lists of them as they are, the rest as JSON. */
export function valueText(value: unknown): string {
  if (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'))
    return value.join(',\n');
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/** What was typed into a field of a form. */
export function textIn(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
