import type { Said } from '../../contract.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';

/** English is the model: every other language has the same keys, or doesn't compile. */
export type Texts = typeof en;

export const LANGUAGES = { en: 'English', ja: '日本語' } as const;
export type Language = keyof typeof LANGUAGES;

const TEXTS: Readonly<Record<Language, Texts>> = { en, ja };

export function textsOf(language: Language): Texts {
  return TEXTS[language];
}

/** The first of the browser's languages that there is; else English. */
export function languageOf(wanted: readonly string[]): Language {
  const known = wanted.map((one) => one.slice(0, 2).toLowerCase());
  return known.find((one): one is Language => Object.hasOwn(LANGUAGES, one)) ?? 'en';
}

/** A word of the API in the reader's language; the word itself when it is a new one. */
export function wordOf(words: Readonly<Record<string, string>>, word: string): string {
  return (Object.hasOwn(words, word) ? words[word] : undefined) ?? word;
}

/** A sentence of the API with its values in the reader's language; undefined when there is only the English one. */
export function sentenceOf(
  { reason, values = {} }: Pick<Said, 'reason' | 'values'>,
  { reasons, fields }: Pick<Texts, 'reasons' | 'fields'>,
): string | undefined {
  const sentence = wordOf(reasons, reason);
  if (sentence === reason) return undefined;
  return sentence.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    wordOf(fields, String(values[name] ?? '')),
  );
}
