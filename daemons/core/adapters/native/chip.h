#pragma once
#include <linux/gpio.h>
#include <node_api.h>

/** Opens a chip that a string from JavaScript names; -1 with an exception pending when it is none. */
int open_chip(napi_env env, napi_value file, struct gpiochip_info *chip);
