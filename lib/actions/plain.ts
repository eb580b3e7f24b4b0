import type { ServerAction } from './model';

/**
 * The build's name for an action, by which a plain form is sent to it (`components/ui/plain-form.tsx`). Only where server
 * components are drawn: elsewhere an action is no more than its function.
 *
 * @source React 19, `registerServerReference`: what stands in `$$id` is what a form without script sends
 */
export function nameOfAction(action: ServerAction): string {
  const { $$id: id } = action as ServerAction & { readonly $$id?: string };
  if (id === undefined) throw new Error('Not an action of a server component');
  return id;
}
