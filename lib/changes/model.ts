/** What a change that waits for its confirmation is about (GUARD-2). */
export type ChangeSubject = 'options' | 'places' | 'authenticators';

export interface PendingChange {
  readonly id: string;
  readonly subject: ChangeSubject;
  readonly madeBy: string;
  readonly madeByName: string;
  readonly confirmUntil: Date;
  /** The authenticator whose connection to its provider changed; null: none did. */
  readonly connectionOf: string | null;
  readonly connectionName: string | null;
}
