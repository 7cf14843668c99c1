import type { Published } from '../../../templates/launch/settings.ts';
import { scriptJson } from './script-json.ts';

/** Path of the launch page inside `dist/`. */
export const LAUNCH_PAGE = 'launch/index.html';

const BLOCK = /(<script type="application\/json" id="published">)([^<]*)(<\/script>)/gu;

/** What stands in the page's data block about publication. */
export function publishedText(published: Published): string {
  return scriptJson(published);
}

/**
 * The launch page as it is after publication: it knows the folder of the templates, so its links work at once.
 * `templates` is the URL of the folder and ends with a slash. Throws when `page` isn't a launch page.
 */
export function publishPage(page: string, templates: string): string {
  if ([...page.matchAll(BLOCK)].length !== 1)
    throw new Error('This is not a launch page: its data block about publication is missing.');
  return page.replace(
    BLOCK,
    (_all, start: string, _old: string, end: string) =>
      `${start}${publishedText({ templates })}${end}`,
  );
}
