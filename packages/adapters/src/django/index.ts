export { type LeftBehind, openDjango } from './open-django.ts';
export { readTimestamp } from './read-timestamp.ts';
