// One line of a GPIO chip, asked of the kernel (include/uapi/linux/gpio.h, version 2): its level, and its edges with the
// kernel's own debounce and time (CLOCK_MONOTONIC, which is what process.hrtime shows).
//
// A line has two owners: the JavaScript object, and libuv's poll handle while it is watched. `end` gives the line back to
// the kernel at once; the memory goes with the last owner. It runs at close, when the object is collected, and when the
// environment ends (a worker that stops, a process that exits), whichever is first.
#include "arguments.h"
#include "chip.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <uv.h>

/** Edges that one call takes; the kernel's queue is drained by calling again. */
#define MOST_EDGES 64
/** Edges that the kernel keeps for us; it drops the oldest, and the sequence number tells. */
#define KEPT_EDGES 256
#define FLAGS                                                                                                          \
  (GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | \
   GPIO_V2_LINE_FLAG_EDGE_FALLING | GPIO_V2_LINE_FLAG_OPEN_DRAIN | GPIO_V2_LINE_FLAG_OPEN_SOURCE |                     \
   GPIO_V2_LINE_FLAG_BIAS_PULL_UP | GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN | GPIO_V2_LINE_FLAG_BIAS_DISABLED)

static const napi_type_tag line_tag = {0x9d0c5b6f2e8a4f17, 0xa3417be0c95d2286};

struct line {
  napi_env env;
  int fd;
  int owners;
  bool watched;
  uv_poll_t poll;
  napi_ref call;
  napi_ref self;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
};

static void release(struct line *line) {
  if (--line->owners == 0) free(line);
}

static void on_poll_closed(uv_handle_t *handle) {
  struct line *line = handle->data;
  if (line->hook) napi_remove_async_cleanup_hook(line->hook);
  release(line);
}

static void end(struct line *line) {
  if (line->watched) {
    line->watched = false;
    uv_close((uv_handle_t *)&line->poll, on_poll_closed);
    napi_delete_reference(line->env, line->call);
    napi_delete_reference(line->env, line->self);
    napi_async_destroy(line->env, line->context);
  }
  if (line->fd >= 0) close(line->fd);
  line->fd = -1;
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  end(data);
  release(data);
}

static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  end(data);
}

static struct line *read_line(napi_env env, napi_value value) {
  bool is_line = false;
  struct line *line = NULL;
  if (napi_check_object_type_tag(env, value, &line_tag, &is_line) != napi_ok || !is_line ||
      napi_unwrap(env, value, (void **)&line) != napi_ok) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_type_error(env, NULL, "a line that was requested is expected");
    return NULL;
  }
  if (line->fd >= 0) return line;
  throw_errno(env, EBADF, "the line was closed");
  return NULL;
}

/** requestLine(file, offset, flags, debounceUs, initial, consumer) -> line */
static napi_value request_line(napi_env env, napi_callback_info info) {
  napi_value given[6], object;
  struct gpiochip_info chip;
  struct gpio_v2_line_request request = {.num_lines = 1, .event_buffer_size = KEPT_EDGES};
  uint32_t flags, debounce;
  bool initial;
  if (!read_arguments(env, info, 6, given) || !read_whole(env, given[1], UINT32_MAX, &request.offsets[0]) ||
      !read_whole(env, given[2], UINT32_MAX, &flags) || !read_whole(env, given[3], 60 * 1000 * 1000, &debounce) ||
      !read_bool(env, given[4], &initial) || read_string(env, given[5], request.consumer, sizeof request.consumer) < 0)
    return NULL;
  if (flags & ~(uint32_t)FLAGS) return throw_errno(env, EINVAL, "the flags of a line");
  struct gpio_v2_line_config *config = &request.config;
  config->flags = flags;
  if (flags & GPIO_V2_LINE_FLAG_OUTPUT) {
    struct gpio_v2_line_config_attribute *one = &config->attrs[config->num_attrs++];
    one->mask = 1;
    one->attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
    one->attr.values = initial ? 1 : 0;
  }
  if (debounce > 0) {
    struct gpio_v2_line_config_attribute *one = &config->attrs[config->num_attrs++];
    one->mask = 1;
    one->attr.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE;
    one->attr.debounce_period_us = debounce;
  }
  struct line *line = calloc(1, sizeof *line);
  if (!line) return throw_errno(env, ENOMEM, "a line");
  *line = (struct line){.env = env, .fd = -1, .owners = 1};
  if (napi_create_object(env, &object) != napi_ok || napi_type_tag_object(env, object, &line_tag) != napi_ok ||
      napi_wrap(env, object, line, on_collected, NULL, NULL) != napi_ok) {
    free(line);
    return NULL;
  }
  int fd = open_chip(env, given[0], &chip);
  if (fd < 0) return NULL;
  int error = ioctl(fd, GPIO_V2_GET_LINE_IOCTL, &request) ? errno : 0;
  close(fd);
  if (error) return throw_errno(env, error, "the line");
  line->fd = request.fd;
  fcntl(line->fd, F_SETFL, fcntl(line->fd, F_GETFL) | O_NONBLOCK);
  return object;
}

/** level(line) -> boolean: the logical level now. */
static napi_value level(napi_env env, napi_callback_info info) {
  napi_value given[1], result = NULL;
  struct gpio_v2_line_values values = {.mask = 1};
  if (!read_arguments(env, info, 1, given)) return NULL;
  struct line *line = read_line(env, given[0]);
  if (!line) return NULL;
  if (ioctl(line->fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values)) return throw_errno(env, errno, "the level");
  napi_get_boolean(env, values.bits & 1, &result);
  return result;
}

/** setLevel(line, level) */
static napi_value set_level(napi_env env, napi_callback_info info) {
  napi_value given[2];
  struct gpio_v2_line_values values = {.mask = 1};
  bool wanted;
  if (!read_arguments(env, info, 2, given) || !read_bool(env, given[1], &wanted)) return NULL;
  struct line *line = read_line(env, given[0]);
  if (!line) return NULL;
  values.bits = wanted ? 1 : 0;
  if (ioctl(line->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values)) return throw_errno(env, errno, "the output");
  return NULL;
}

static bool put(napi_env env, napi_value array, uint32_t at, double number) {
  napi_value value;
  return napi_create_double(env, number, &value) == napi_ok && napi_set_element(env, array, at, value) == napi_ok;
}

/** edges(line) -> [time in ns, 1 rising or 0 falling, sequence number, ...]: those that wait, MOST_EDGES at the most. */
static napi_value edges(napi_env env, napi_callback_info info) {
  napi_value given[1], found;
  struct gpio_v2_line_event events[MOST_EDGES];
  if (!read_arguments(env, info, 1, given)) return NULL;
  struct line *line = read_line(env, given[0]);
  if (!line || napi_create_array(env, &found) != napi_ok) return NULL;
  ssize_t bytes = read(line->fd, events, sizeof events);
  if (bytes < 0 && errno != EAGAIN && errno != EINTR) return throw_errno(env, errno, "the edges");
  uint32_t count = bytes > 0 ? (uint32_t)((size_t)bytes / sizeof events[0]) : 0;
  for (uint32_t i = 0; i < count; i++)
    if (!put(env, found, 3 * i, (double)events[i].timestamp_ns) ||
        !put(env, found, 3 * i + 1, events[i].id == GPIO_V2_LINE_EVENT_RISING_EDGE) ||
        !put(env, found, 3 * i + 2, events[i].line_seqno))
      return NULL;
  return found;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct line *line = poll->data;
  napi_env env = line->env;
  napi_handle_scope scope;
  napi_value call, receiver;
  (void)status, (void)events;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  // The call may close the line: nothing of it is used from here on.
  if (napi_get_reference_value(env, line->call, &call) == napi_ok &&
      napi_get_reference_value(env, line->self, &receiver) == napi_ok &&
      napi_make_callback(env, line->context, receiver, call, 0, NULL, NULL) == napi_pending_exception) {
    napi_value thrown;
    if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
  }
  napi_close_handle_scope(env, scope);
}

/** watch(line, call): calls whenever edges wait, or the chip went away, until the line is closed. Once a line. */
static napi_value watch(napi_env env, napi_callback_info info) {
  napi_value given[2], name;
  napi_valuetype kind;
  uv_loop_t *loop;
  if (!read_arguments(env, info, 2, given)) return NULL;
  struct line *line = read_line(env, given[0]);
  if (!line) return NULL;
  if (napi_typeof(env, given[1], &kind) != napi_ok || kind != napi_function) {
    napi_throw_type_error(env, NULL, "a function is expected");
    return NULL;
  }
  if (line->watched) return throw_errno(env, EALREADY, "the line");
  if (napi_get_uv_event_loop(env, &loop) != napi_ok ||
      napi_create_string_utf8(env, "gpio-line", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_reference(env, given[1], 1, &line->call) != napi_ok)
    return NULL;
  // A line that is watched is not collected, whoever still knows it.
  napi_create_reference(env, given[0], 1, &line->self);
  napi_async_init(env, NULL, name, &line->context);
  int error = uv_poll_init(loop, &line->poll, line->fd);
  if (error) {
    napi_delete_reference(env, line->call);
    napi_delete_reference(env, line->self);
    napi_async_destroy(env, line->context);
    return throw_errno(env, -error, "the line");
  }
  line->poll.data = line;
  line->owners++;
  line->watched = true;
  napi_add_async_cleanup_hook(env, on_environment_end, line, &line->hook);
  uv_poll_start(&line->poll, UV_READABLE | UV_DISCONNECT | UV_PRIORITIZED, on_poll);
  return NULL;
}

/** closeLine(line): gives it back; once more is nothing. */
static napi_value close_line(napi_env env, napi_callback_info info) {
  napi_value given[1];
  bool is_line = false;
  struct line *line = NULL;
  if (!read_arguments(env, info, 1, given)) return NULL;
  if (napi_check_object_type_tag(env, given[0], &line_tag, &is_line) == napi_ok && is_line &&
      napi_unwrap(env, given[0], (void **)&line) == napi_ok)
    end(line);
  else
    read_line(env, given[0]);
  return NULL;
}

void define_line(napi_env env, napi_value exports) {
  define(env, exports, "requestLine", request_line);
  define(env, exports, "level", level);
  define(env, exports, "setLevel", set_level);
  define(env, exports, "edges", edges);
  define(env, exports, "watch", watch);
  define(env, exports, "closeLine", close_line);
}
