const steps: (() => Promise<unknown>)[] = [];

/** To be done after the test, in reverse. */
export const later = (step: () => Promise<unknown>): void => {
  steps.push(step);
};

export async function undo(): Promise<void> {
  for (const step of steps.splice(0).reverse()) await step();
}
