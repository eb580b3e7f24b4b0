/** What a form calls: a server action, or an address. */
export type FormAction = string | ((form: FormData) => void | Promise<void>);
