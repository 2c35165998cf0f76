import { http } from "../../controller/http/index.ts"; import type { alert } from "../../controller/alert/index.ts"; export { http, type alert };
