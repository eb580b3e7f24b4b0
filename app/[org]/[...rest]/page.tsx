import { notFound } from 'next/navigation';

/** Every address below an organisation that no page claims: our own « not found », in its frame and language. */
export default function UnknownPage() {
  notFound();
}
