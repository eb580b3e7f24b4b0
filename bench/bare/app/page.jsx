export const dynamic = 'force-dynamic';

/** The least that a dynamic page can be: what Next.js itself costs. */
export default function Page() {
  return (
    <main>
      <h1>Hello</h1>
      <p>{new Date().toISOString()}</p>
    </main>
  );
}
