import { type Service, type ServiceOptions, startForTest } from './service.ts';

type Labels = Record<string, string>;
type Sample = { name: string; labels: Labels; value: number };
type Family = { name: string; type: string; help: string; samples: Sample[] };

/** Prometheus reads numbers with Go's `ParseFloat`: NaN in any case, and the library writes Nan. */
const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|Na[Nn])$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
/** The suffixes that a family's name may have in the name of a sample. */
const suffixes: Record<string, string[]> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

const readLabels = (text: string): Labels => {
  const labels: Labels = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < text.length) {
    const [, name = '', value = ''] = labelPair.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`no labels: ${text}`);
    labels[name] = value;
  }
  return labels;
};

const readSample = (line: string): Sample => {
  const [, name = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
  if (name === '') throw new Error(`no sample: ${line}`);
  return { name, labels: readLabels(labels), value: Number(value.replace('Inf', 'Infinity')) };
};

/**
 * Reads Prometheus' text format 0.0.4, more strictly than Prometheus does: every family has HELP and TYPE, once, before
 * its samples, and no series comes twice.
 */
export const parseMetrics = (text: string): Family[] => {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families: Family[] = [];
  const seen = new Set<string>();
  const once = (what: string) => {
    if (seen.has(what)) throw new Error(`twice: ${what}`);
    seen.add(what);
  };
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const family = families.at(-1);
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      once(`# ${name}`);
      families.push({ name, help: rest, type: '', samples: [] });
    } else if (keyword === 'TYPE' && family?.name === name && family.type === '' && family.samples.length === 0) {
      family.type = rest;
    } else {
      const sample = readSample(line);
      once(line.slice(0, line.lastIndexOf(' ')));
      const names = (suffixes[family?.type ?? ''] ?? ['']).map((suffix) => `${family?.name}${suffix}`);
      if (!names.includes(sample.name)) throw new Error(`out of place: ${line}`);
      family?.samples.push(sample);
    }
  }
  return families;
};

type Scrape = {
  text: string;
  families: Family[];
  /** All series with this name and at least these labels. */
  samples(name: string, labels?: Labels): Sample[];
  /** Their sum; 0 when there is none. */
  value(name: string, labels?: Labels): number;
};

/** What a scraper reads at this URL. */
export const scrape = async (url: string): Promise<Scrape> => {
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const families = parseMetrics(text);
  const all = families.flatMap(({ samples }) => samples);
  const samples: Scrape['samples'] = (name, labels = {}) =>
    all.filter((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value));
  const value: Scrape['value'] = (...which) => samples(...which).reduce((sum, one) => sum + one.value, 0);
  return { text, families, samples, value };
};

/** The service with its metrics on a free port, until the test ends. */
export const startMeasured = async (
  settings: Record<string, string> = {},
  options: Pick<ServiceOptions, 'safeHashes' | 'logger'> = {},
): Promise<Service & { url: string; read(): Promise<Scrape> }> => {
  const service = await startForTest({ ...options, settings: { METRICS_PORT: '0', ...settings } });
  const url = `${service.app.metricsServer?.listeningOrigin}/metrics`;
  return { ...service, url, read: () => scrape(url) };
};
