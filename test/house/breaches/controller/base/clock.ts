import "../alert/index.ts";
