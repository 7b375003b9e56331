import type { CustomSeriesRenderItemAPI } from 'echarts';
import { init, use } from 'echarts/core';
import { BarChart, CustomChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TitleComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import type { Comparison } from '../compare.ts';

use([BarChart, CustomChart, GridComponent, MarkLineComponent, TitleComponent, SVGRenderer]);

/** Draws the ratios to the control's throughput: a bar for each route, with the middle half of the rounds. */
export const drawRatios = (comparisons: readonly (Comparison & { database: string })[]): string => {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 90 + 34 * comparisons.length });
  const rows = comparisons.toReversed();
  const percent = (fraction: number) => Math.round(fraction * 1000) / 10;
  chart.setOption({
    title: {
      text: 'Requests per second, compared with a hand-written program',
      left: 12,
      top: 8,
      textStyle: { fontSize: 15 },
    },
    grid: { left: 280, right: 60, top: 50, bottom: 30 },
    xAxis: { type: 'value', min: 0, max: 120, axisLabel: { formatter: '{value} %' } },
    yAxis: { type: 'category', data: rows.map(({ database, route }) => `${route} · ${database}`) },
    series: [
      {
        type: 'bar',
        barWidth: 16,
        data: rows.map(({ ratio, aim }) => ({
          value: percent(ratio.median),
          itemStyle: { color: ratio.median >= aim ? '#10b981' : '#f59e0b' },
          label: { show: true, position: 'insideLeft', formatter: '{c} %', color: '#fff' },
        })),
        markLine: {
          symbol: 'none',
          silent: true,
          data: [{ xAxis: 100, name: 'as fast' }],
          lineStyle: { color: '#64748b' },
          label: { formatter: 'as fast' },
        },
      },
      {
        type: 'custom',
        data: rows.map(({ ratio }, index) => [index, percent(ratio.from), percent(ratio.to)]),
        encode: { x: [1, 2], y: 0 },
        renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
          const [from, to] = [1, 2].map((at) => api.coord([api.value(at), api.value(0)]));
          return {
            type: 'line',
            shape: { x1: from?.[0] ?? 0, y1: from?.[1] ?? 0, x2: to?.[0] ?? 0, y2: to?.[1] ?? 0 },
            style: { stroke: '#0f172a', lineWidth: 3 },
          };
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
};
