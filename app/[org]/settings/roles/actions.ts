'use server';

import { z } from 'zod';
import { roleName } from '@/lib/accounts/text';
import { defineAction } from '@/lib/actions/define-action';
import type { Actor } from '@/lib/actors/model';
import { PERMISSIONS, type Permission } from '@/lib/policy/permissions';
import { Refusal } from '@/lib/refusals';
import { orderedPermissions } from '@/lib/roles/model';
import { changeRole, createRole, deleteRole } from '@/lib/roles/service';
import { keepSession } from '@/lib/sessions/cookies';

const room = ({ organisation }: Actor) => `/${organisation.slug}/settings/roles`;

/** A box for each permission: ticked, it is sent. */
type Boxes = Readonly<Partial<Record<Permission, 'on'>>>;
const boxes = Object.fromEntries(
  PERMISSIONS.map((permission) => [permission, z.literal('on', { error: 'text.invalid' }).optional()]),
) as Record<Permission, z.ZodOptional<z.ZodLiteral<'on'>>>;
const ticked = (input: Boxes) => PERMISSIONS.filter((permission) => input[permission] === 'on');

const roleId = z.uuid({ error: 'text.invalid' });

export const create = defineAction({
  name: 'role.create',
  input: z.object({ name: roleName, ...boxes }),
  run: async (actor, input) => {
    const id = await createRole(actor, { name: input.name, permissions: ticked(input) });
    return { next: `${room(actor)}/${id}?done=created` };
  },
});

export const change = defineAction({
  name: 'role.change',
  input: z.object({
    role: roleId,
    name: roleName,
    seenName: roleName,
    /** The permissions that stood there when the page was drawn, with commas between them. */
    seen: z.string({ error: 'text.invalid' }).max(400, { error: 'text.tooLong' }),
    ...boxes,
  }),
  run: async (actor, input) => {
    const seen = { name: input.seenName, permissions: orderedPermissions(input.seen.split(',')) };
    const permissions = ticked(input);
    const page = `${room(actor)}/${input.role}`;
    try {
      const renewed = await changeRole(actor, input.role, seen, { name: input.name, permissions });
      if (renewed === null) return { next: `${page}?done=saved` };
      await keepSession(renewed);
      // Whoever takes this room from their own role is led out of it, not before its closed door.
      return { next: permissions.includes('roles.manage') ? `${page}?done=saved` : `/${actor.organisation.slug}` };
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'role.changed') throw error;
      // The page shows what somebody else changed, with this person's own choice still in the form.
      const choice = {
        seenName: seen.name,
        seen: seen.permissions.join(),
        name: input.name,
        wanted: permissions.join(),
      };
      return { next: `${page}?${new URLSearchParams(choice)}` };
    }
  },
});

export const remove = defineAction({
  name: 'role.delete',
  input: z.object({ role: roleId }),
  run: async (actor, { role }) => {
    await deleteRole(actor, role);
    return { next: `${room(actor)}?done=deleted` };
  },
});
