// The box's own addon: what a daemon needs of Linux and Node has no word for. Node-API 8, so one file serves every Node
// from 16 on; it keeps nothing outside the environment that loaded it, so worker threads may load it as well.
#include "arguments.h"

NAPI_MODULE_INIT() {
  define_notify(env, exports);
  define_chip(env, exports);
  define_line(env, exports);
  return exports;
}
