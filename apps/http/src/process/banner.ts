/** Prints the URLs to standard error, because standard output has the logs. */
export const printBanner = (url: string, metricsUrl?: string): void => {
  const metrics = metricsUrl === undefined ? '' : `Metrics:                  ${metricsUrl}/metrics\n`;
  process.stderr.write(`
Mentorship API listens on ${url}
API reference:            ${url}/docs
${metrics}Register a user:          curl -i ${url}/api/registration -H 'Content-Type: application/json' -d '{"username": "alice", "password": "12345678"}'

`);
};
