import { expect, it } from 'vitest';
import { PERMISSIONS } from '@/lib/policy/permissions';
import { beyondHelp } from './rules';

const administrators = (total: number) => ({ permissions: PERMISSIONS, total, name: 'Odile' });
const managers = (total: number) => ({ permissions: ['accounts.manage', 'mfa.reset'], total, name: 'Karim' });

it('MFA-9 RESET-2 two administrators can reset each other; one alone is beyond help, whoever stands below', () => {
  expect(beyondHelp([administrators(2)])).toEqual([]);
  expect(beyondHelp([administrators(1)])).toEqual(['Odile']);
  expect(beyondHelp([administrators(1), managers(5)])).toEqual(['Odile']);
  expect(beyondHelp([administrators(2), managers(1)])).toEqual([]);
});

it('MFA-9 neither of two reaches the other where each holds what the other lacks', () => {
  const [one, other] = [
    { permissions: ['mfa.reset', 'roles.manage'], total: 1, name: 'Marc' },
    { permissions: ['mfa.reset', 'audit.read'], total: 1, name: 'Léa' },
  ];
  expect(beyondHelp([one, other])).toEqual(['Marc', 'Léa']);
  expect(beyondHelp([one, { ...other, permissions: one.permissions }])).toEqual([]);
});
