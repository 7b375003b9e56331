/** The version of the API, in its OpenAPI document and its metrics. */
export const version = '1.0.0';
