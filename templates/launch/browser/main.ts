import { showCatalogue } from './catalogue.ts';
import { readData } from './dom.ts';
import { readSettings, watchSettings } from './form.ts';
import { showLinks } from './links.ts';
import type { LaunchData, Published } from '../settings.ts';

const data = readData('data') as LaunchData;
const published = readData('published') as Published;

const refresh = (typing: EventTarget | null): void => showLinks(data, readSettings(data, typing));
watchSettings(published, refresh);
refresh(null);
showCatalogue(data);
