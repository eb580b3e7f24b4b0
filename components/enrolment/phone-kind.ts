/** The two families of telephones: an island at the top, or a round hole and a bar below. */
export type PhoneKind = 'iphone' | 'android';

/** The family that the pictures show: an iPhone where nobody has said which. */
export function phoneOf(phone: string | null | undefined): PhoneKind {
  return phone === 'android' ? 'android' : 'iphone';
}
