import "../../controller/alert/index.ts"; export const session = 1;
