import { checkReadiness } from '@/lib/request/readiness';

/** Whether this instance can serve: database reachable, migrations current (RUN-6). */
export async function GET(): Promise<Response> {
  const readiness = await checkReadiness();
  return Response.json(readiness, { status: readiness.status === 'ok' ? 200 : 503 });
}
