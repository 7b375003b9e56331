import { channel } from 'node:diagnostics_channel';

/** Publishes the path of each file that is to be removed unless it gets its name, before it exists. */
export const unfinishedFiles = channel('mentorship.unfinished-files');
