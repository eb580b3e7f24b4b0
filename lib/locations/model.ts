import type { IpVersion, RuleIssue, RuleType } from '@/lib/network/rule';
import type { AccountKind } from '@/lib/policy/decision';
import type { FilterMode } from '@/lib/policy/network';

/** CXone's limits, to the letter (LOC-1). The database holds them too. */
export const LOCATIONS_MAX = 20;
export const RULES_MAX = 10;

export interface LocationView {
  readonly id: string;
  /** 0 to 19, and its bit in the compiled places. */
  readonly place: number;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly isRemote: boolean;
  readonly address: string;
  readonly country: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly timeZone: string | null;
  readonly groups: readonly string[];
  readonly rules: readonly RuleView[];
  /** Whom it limits, and by what (LOC-1). */
  readonly filters: readonly FilterView[];
}

export interface RuleView {
  readonly id: string;
  readonly name: string;
  readonly type: RuleType;
  readonly ipVersion: IpVersion | null;
  readonly definition: string;
}

export interface FilterView {
  readonly id: string;
  readonly subject:
    { readonly kind: AccountKind } | { readonly authenticatorId: string; readonly authenticatorName: string };
  readonly mode: FilterMode;
  readonly applies: 'sign-in' | 'request';
  readonly paused: boolean;
  readonly locationIds: readonly string[];
}

export interface ExceptionView {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly reason: string;
  readonly grantedBy: string | null;
  /** They granted it to themselves. */
  readonly own: boolean;
  readonly endsAt: Date;
}

export type RuleProblem = { readonly issues: readonly RuleIssue[]; readonly corrected: string | null };
