import { still } from '@/components/ui/still';

/** The step of stone, and the light that falls over it on the ground. */
export function Doorstep() {
  return (
    <div aria-hidden="true" className="print:hidden">
      <div className="-mx-2 h-3 rounded-b-sm bg-stone sm:-mx-4" />
      <svg
        viewBox="0 0 200 40"
        preserveAspectRatio="none"
        className="block h-9 w-full"
        dangerouslySetInnerHTML={LIGHT}
      />
    </div>
  );
}

const LIGHT = still(
  <>
    <path d="M6 0h188l-16 40H22z" className="fill-spill" />
  </>,
);
