import type { Statistics } from '../../contract.ts';
import { axisEnd, sum } from '../chart.ts';
import { dayText } from '../format.ts';
import { useSession } from '../session.ts';

type Bar = Statistics['days'][number];

const WIDTH = 960;
const HEIGHT = 230;
const LEFT = 36;
const BOTTOM = 24;
const TOP = 8;
const KINDS = ['fixed', 'failed', 'other'] as const;
/** Labels below the axis. */
const MOST_LABELS = 6;

/** Stacked bars over time. What it shows is in the table below it, too. */
export function BarChart({ bars }: { readonly bars: readonly Bar[] }) {
  const { texts, language } = useSession();
  const { statistics } = texts;
  const end = axisEnd(Math.max(...bars.map(({ fixed, failed, other }) => fixed + failed + other)));
  const height = HEIGHT - BOTTOM - TOP;
  const y = (value: number): number => TOP + height - (value / end) * height;
  const step = (WIDTH - LEFT) / bars.length;
  const every = Math.ceil(bars.length / MOST_LABELS);
  return (
    <>
      <ul class="legend" aria-hidden="true">
        {KINDS.map((kind) => (
          <li key={kind}>
            <span class={`swatch ${kind}`} />
            {statistics[kind]}
          </li>
        ))}
      </ul>
      {/* A narrow screen scrolls it, also by keyboard. */}
      <div class="chart" tabIndex={0} role="group" aria-label={statistics.overTime}>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={statistics.chart(sum(bars, 'fixed'), sum(bars, 'failed'), sum(bars, 'other'))}
        >
          {[0, end / 2, end].map((value) => (
            <g key={value}>
              <line class="grid" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
              <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">
                {value}
              </text>
            </g>
          ))}
          {bars.map((bar, at) => {
            const x = LEFT + at * step + step * 0.15;
            let below = 0;
            return (
              <g key={bar.day}>
                <title>{`${dayText(bar.day, language)}: ${KINDS.map((kind) => `${statistics[kind]} ${bar[kind]}`).join(', ')}`}</title>
                {KINDS.map((kind) => {
                  const value = bar[kind];
                  below += value;
                  return value === 0 ? null : (
                    <rect
                      key={kind}
                      class={kind}
                      x={x}
                      y={y(below)}
                      width={step * 0.7}
                      height={(value / end) * height}
                    />
                  );
                })}
                {at % every === 0 ? (
                  <text x={LEFT + at * step} y={HEIGHT - 6}>
                    {bar.day.slice(5)}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
      </div>
    </>
  );
}

/** How much was fixed of what was tried, as a bar; the numbers stand beside it. */
export function ShareBar({
  fixed,
  failed,
  most,
}: {
  readonly fixed: number;
  readonly failed: number;
  /** Longest bar of the table. */
  readonly most: number;
}) {
  const scale = 100 / Math.max(most, 1);
  return (
    <svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="fixed" x="0" y="0" width={fixed * scale} height="8" />
      <rect class="failed" x={fixed * scale} y="0" width={failed * scale} height="8" />
    </svg>
  );
}
