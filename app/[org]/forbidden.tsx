import { ErrorPage } from './error-page';

export default function Forbidden() {
  return <ErrorPage kind="forbidden" status="403" />;
}
