// Stands in for the package `debug` in the bundle: mqtt.js talks through it a lot, and asks for it by require().
const silent = () => {};
silent.enabled = false;
silent.extend = () => silent;
module.exports = () => silent;
