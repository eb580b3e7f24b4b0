import { renderMetrics } from '@/lib/request/metrics';

/** Prometheus's text format (RUN-6). Counts and times only: no organisation, no person. */
export async function GET(): Promise<Response> {
  const { contentType, body } = await renderMetrics();
  return new Response(body, { headers: { 'Content-Type': contentType } });
}
