import { WholePage } from '@/components/errors/whole-page';

/** Only the status: server.ts draws the page. Next.js puts whatever stands here into every other page as well. */
export default function NotFound() {
  return <WholePage />;
}
