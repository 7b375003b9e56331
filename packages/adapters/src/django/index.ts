export { type LeftBehind, openDjango } from './open-django.ts';
export { readMoment } from './read-moment.ts';
