import { ActionForm, type ActionFormProps } from './action-form';
import { SubmitButton, type SubmitButtonProps } from './submit-button';

export type ActionButtonProps = Omit<SubmitButtonProps, 'hidden'> & Pick<ActionFormProps, 'action' | 'hidden'>;

/** A form that is one button, with what must be known to do what it says. */
export function ActionButton({ action, hidden, ...button }: ActionButtonProps) {
  return (
    <ActionForm action={action} hidden={hidden}>
      <SubmitButton {...button} />
    </ActionForm>
  );
}
