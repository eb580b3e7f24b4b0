/** The process is alive. It never asks the database: a database that is away is no reason to end the process (RUN-6). */
export function GET(): Response {
  return Response.json({ status: 'ok' });
}
