import "../controller/alert/index.ts";
