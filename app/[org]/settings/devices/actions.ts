'use server';

import { z } from 'zod';
import { optionalLine } from '@/lib/accounts/text';
import { defineAction } from '@/lib/actions/define-action';
import { approveDevice, endTrust, renameDevice, revokeDevice } from '@/lib/device-approval/service';
import { DEVICE_NAME_MAX } from '@/lib/device-approval/model';
import { devicesPath } from '@/lib/device-approval/waiting';

const device = z.uuid({ error: 'text.invalid' });

export const approve = defineAction({
  name: 'device.approve',
  input: z.object({ device, seen: z.enum(['waiting', 'revoked'], { error: 'text.invalid' }) }),
  run: async (actor, { device: id, seen }) => {
    await approveDevice(actor, id, seen);
    return { next: `${devicesPath(actor.organisation.slug)}?done=approved` };
  },
});

export const revoke = defineAction({
  name: 'device.revoke',
  input: z.object({ device, seen: z.enum(['waiting', 'approved'], { error: 'text.invalid' }) }),
  run: async (actor, { device: id, seen }) => {
    await revokeDevice(actor, id, seen);
    return { next: `${devicesPath(actor.organisation.slug)}?done=revoked` };
  },
});

export const rename = defineAction({
  name: 'device.rename',
  input: z.object({ device, name: optionalLine(DEVICE_NAME_MAX) }),
  run: async (actor, { device: id, name }) => {
    await renameDevice(actor, id, name);
    return { next: `${devicesPath(actor.organisation.slug)}?done=named` };
  },
});

export const distrust = defineAction({
  name: 'device.distrust',
  input: z.object({ device }),
  run: async (actor, { device: id }) => {
    await endTrust(actor, id);
    return { next: `${devicesPath(actor.organisation.slug)}?done=distrusted` };
  },
});
