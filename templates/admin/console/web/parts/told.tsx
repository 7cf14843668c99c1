import type { Said } from '../../contract.ts';
import { useSession } from '../session.ts';
import { sentenceOf } from '../texts/texts.ts';

/** A sentence of the API in the reader's language; in English where that is all there is. */
export function Told({ said }: { readonly said: Said }) {
  const { texts } = useSession();
  const sentence = sentenceOf(said, texts);
  const { details } = said.values ?? {};
  if (sentence === undefined) return said.message === '' ? null : <p lang="en">{said.message}</p>;
  return (
    <>
      <p>{sentence}</p>
      {details === undefined ? null : (
        <p class="soft" lang="en">
          {details}
        </p>
      )}
    </>
  );
}
