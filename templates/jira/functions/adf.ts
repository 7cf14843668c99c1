import type { Fact } from '../../ticketing/text.ts';

interface Text {
  readonly type: 'text';
  readonly text: string;
  readonly marks?: readonly { readonly type: 'strong' }[];
}

interface Paragraph {
  readonly type: 'paragraph';
  readonly content: readonly Text[];
}

/** A document in the Atlassian Document Format ("Atlassian Document Format", Jira Cloud platform documentation). */
export interface AdfDocument {
  readonly type: 'doc';
  readonly version: 1;
  readonly content: readonly Paragraph[];
}

/** One paragraph for each fact. Values become text nodes, in which nothing is markup, a link or a mention. */
export function adfDocument(facts: readonly Fact[]): AdfDocument {
  return {
    type: 'doc',
    version: 1,
    content: facts.map(({ label, value }) => ({
      type: 'paragraph',
      content: [
        { type: 'text', text: `${label}: `, marks: [{ type: 'strong' }] },
        { type: 'text', text: value },
      ],
    })),
  };
}
