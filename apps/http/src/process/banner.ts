import { showInvisible } from '@mentorship/adapters/failures';

interface Banner {
  readonly url: string;
  readonly metricsUrl: string | undefined;
  readonly registrationOpen: boolean;
}

/** Prints the URLs to standard error, because standard output has the logs. */
export const printBanner = ({ url, metricsUrl, registrationOpen }: Banner): void => {
  const user = `curl -i ${url}/api/registration -H 'Content-Type: application/json' -d '{"username": "alice", "password": "12345678"}'`;
  const lines = [
    `Mentorship API listens on ${url}`,
    `API reference:            ${url}/docs`,
    ...(metricsUrl === undefined ? [] : [`Metrics:                  ${metricsUrl}/metrics`]),
    ...(registrationOpen ? [`Register a user:          ${user}`] : []),
  ];
  process.stderr.write(`\n${lines.map(showInvisible).join('\n')}\n\n`);
};
