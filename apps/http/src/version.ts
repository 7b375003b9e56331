/** Of the API, as its document and the metrics tell it. */
export const version = '1.0.0';
