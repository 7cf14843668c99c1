const escapes = /\\./gs;
const javaEscape = /^\\[AZzGQEpPhRX]$/;
const characterClass = /\[\^?\]?[^\]]*\]/g;
const javaInClass = /&&|(?!^)\[/;
const javaGroupOrQuantifier = /\(\?[a-zA-Z-]+[:)]|[*+?}]\+/;

/**
 * Finds what Systems Manager's regular expressions, which are Java's, have and JavaScript's lack or read differently.
 * @returns the first such piece of the pattern
 */
export function javaQuirk(pattern: string): string | undefined {
  const escape = pattern.match(escapes)?.find((text) => javaEscape.test(text));
  if (escape !== undefined) return escape;
  const plain = pattern.replaceAll(escapes, 'e');
  const oddClass = plain.match(characterClass)?.find((text) => javaInClass.test(text));
  if (oddClass !== undefined) return oddClass;
  return javaGroupOrQuantifier.exec(plain.replaceAll(characterClass, 'c'))?.[0];
}
