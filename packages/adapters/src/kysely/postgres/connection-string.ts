/** What the service sets itself. In pg, a parameter of the URL wins over that. */
const ownParameters = ['application_name', 'fallback_application_name', 'client_encoding', 'replication', 'max'];

/**
 * The URL for pg, without the parameters that the service sets itself. Another `application_name` would hide from
 * commands that the store is in use; pg reads every answer as UTF-8, whatever `client_encoding` says.
 */
export const connectionString = (url: string): string => {
  const { searchParams } = new URL(url);
  if (!ownParameters.some((name) => searchParams.has(name))) return url;
  const own = new URL(url);
  for (const name of ownParameters) own.searchParams.delete(name);
  return own.href;
};
