import "./notify/send.ts";
