import { notFound } from 'next/navigation';
import { z } from 'zod';
import { findManagedAccount, type ManagedAccount } from '@/lib/accounts/administration';
import type { Actor } from '@/lib/actors/model';

/** The account that a page's address names; somebody else's organisation's is as little there as nobody's (ACC-6). */
export async function managedAccount(actor: Actor, id: string): Promise<ManagedAccount> {
  const account = z.uuid().safeParse(id).success ? await findManagedAccount(actor, id) : null;
  if (account === null) notFound();
  return account;
}
