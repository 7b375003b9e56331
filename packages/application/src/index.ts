export * from './accounts/list-users.ts';
export type { Registration } from './accounts/register-user.ts';
export { type ProfileUpdate, requireYourself } from './accounts/update-profile.ts';
export type { UserView } from './accounts/view-user.ts';
export * from './application.ts';
export type * from './ports/index.ts';
export type { Tokens } from './sessions/log-in.ts';
