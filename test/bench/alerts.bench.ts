import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCleanup, dist } from "../system/harness.ts";
import { type BacktestTime, backtestTime } from "./alerts/backtest.ts";
import { alertStorm, evaluations, type RulesResult, type StormResult } from "./alerts/decisions.ts";
import { type NoticeResult, noticeTimes } from "./alerts/notice.ts";

export interface AlertsResult {
  notices: NoticeResult[];
  storm: StormResult;
  rules: RulesResult;
  backtest: BacktestTime;
}

/** How soon somebody hears of it, and what deciding costs. About five minutes. */
export async function alerts(say: (line: string) => void): Promise<AlertsResult> {
  const storm = alertStorm();
  const rules = evaluations();
  say(JSON.stringify({ storm, rules }));
  const cleanup = createCleanup();
  let notices: NoticeResult[] = [];
  try {
    notices = await noticeTimes(cleanup, say);
  } finally {
    await cleanup.run();
  }
  const backtest = await backtestTime(pathToFileURL(join(dist, "series-worker.js")));
  say(JSON.stringify(backtest));
  return { notices, storm, rules, backtest };
}
