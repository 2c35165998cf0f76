import "../../test/x.test.ts"; export const notify = 1;
