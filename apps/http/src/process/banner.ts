import { exposureWarning, misspeltNames } from '@mentorship/adapters/environment';
import { showInvisible } from '@mentorship/adapters/failures';
import type { Config } from '../config.ts';

interface Urls {
  readonly url: string;
  readonly metricsUrl: string | undefined;
}

/** Prints the URLs to standard error, because standard output has the logs. */
export const printBanner = (config: Config, { url, metricsUrl }: Urls): void => {
  const warning = exposureWarning(config);
  const user = `curl -i ${url}/api/registration -H 'Content-Type: application/json' -d '{"username": "alice", "password": "12345678"}'`;
  const lines = [
    `Mentorship API listens on ${url}`,
    `API reference:            ${url}/docs`,
    ...(metricsUrl === undefined ? [] : [`Metrics:                  ${metricsUrl}/metrics`]),
    ...(config.REGISTRATION ? [`Register a user:          ${user}`] : []),
    ...(warning === null ? [] : [warning]),
    ...misspeltNames(process.env),
  ];
  process.stderr.write(`\n${lines.map(showInvisible).join('\n')}\n\n`);
};
