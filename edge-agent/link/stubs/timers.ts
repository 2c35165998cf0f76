// Stands in for `worker-timers`, which is for browsers: the link gives mqtt.js its own timers.
const absent = (): never => {
  throw new Error("the link gives mqtt.js its timers");
};

export { absent as clearInterval, absent as setInterval };
