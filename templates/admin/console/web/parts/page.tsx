import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../session.ts';

/** False until the first page was shown: a fresh page keeps the browser's own start of the focus. */
let isMoved = false;

/** Head and content of a page. Names it in the window's title, and takes the focus when people come from another page. */
export function PageFrame({
  title,
  intro,
  actions,
  children,
}: {
  readonly title: string;
  readonly intro?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { texts } = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isMoved) {
      scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    isMoved = true;
  }, []);
  useEffect(() => {
    document.title = `${title} - ${texts.product}`;
  }, [title, texts]);
  return (
    <>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {intro === undefined ? null : <div class="intro">{intro}</div>}
        </div>
        {actions === undefined ? null : <div class="page-actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}
