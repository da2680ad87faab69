// What comes from JavaScript is read through these, and nothing else: every kind, length and range is checked before use.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#define NAPI_VERSION 8
#include <errno.h>
#include <math.h>
#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** An Error with `errno` as Node's own system errors have it: negative. */
static inline napi_value throw_errno(napi_env env, int error, const char *what) {
  napi_value message, thrown, number;
  char text[160];
  strncpy(text, what, sizeof text - 1);
  text[sizeof text - 1] = 0;
  strncat(text, ": ", sizeof text - strlen(text) - 1);
  strncat(text, strerror(error), sizeof text - strlen(text) - 1);
  if (napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message) != napi_ok) return NULL;
  if (napi_create_error(env, NULL, message, &thrown) != napi_ok) return NULL;
  if (napi_create_int32(env, -error, &number) == napi_ok) napi_set_named_property(env, thrown, "errno", number);
  napi_throw(env, thrown);
  return NULL;
}

/** Exactly `count` arguments, or a TypeError. */
static inline bool read_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values) {
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok) return false;
  if (given == count) return true;
  napi_throw_type_error(env, NULL, "another number of arguments is expected");
  return false;
}

/** A string of at most `size - 1` bytes of UTF-8 and no NUL in it, or a TypeError; returns its length or -1. */
static inline int read_string(napi_env env, napi_value value, char *into, size_t size) {
  size_t length = 0;
  // A string that does not fit is cut by Node-API: one byte more than allowed tells.
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "a string is expected");
    return -1;
  }
  if (length >= size) {
    napi_throw_range_error(env, NULL, "the string is too long");
    return -1;
  }
  if (napi_get_value_string_utf8(env, value, into, size, &length) != napi_ok) return -1;
  if (memchr(into, 0, length)) {
    napi_throw_type_error(env, NULL, "a string without NUL is expected");
    return -1;
  }
  return (int)length;
}

/** A whole number from 0 to `most`, or a RangeError. */
static inline bool read_whole(napi_env env, napi_value value, uint32_t most, uint32_t *into) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) {
    napi_throw_type_error(env, NULL, "a number is expected");
    return false;
  }
  if (!(number >= 0 && number <= most) || floor(number) != number) {
    napi_throw_range_error(env, NULL, "a whole number within its range is expected");
    return false;
  }
  *into = (uint32_t)number;
  return true;
}

static inline bool read_bool(napi_env env, napi_value value, bool *into) {
  if (napi_get_value_bool(env, value, into) == napi_ok) return true;
  napi_throw_type_error(env, NULL, "a boolean is expected");
  return false;
}

void define_notify(napi_env env, napi_value exports);
void define_chip(napi_env env, napi_value exports);
void define_line(napi_env env, napi_value exports);

static inline void define(napi_env env, napi_value exports, const char *name, napi_callback call) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, NULL, &function) == napi_ok)
    napi_set_named_property(env, exports, name, function);
}
