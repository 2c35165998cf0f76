export const http = 1; export type Api = 1;
