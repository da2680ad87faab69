// What a GPIO chip says of itself and its lines (include/uapi/linux/gpio.h, version 2).
#include "arguments.h"
#include "chip.h"
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/** A chip has some dozen lines, an expander fewer; what says that it has more than this is not read to its end. */
#define MOST_LINES 4096

int open_chip(napi_env env, napi_value file, struct gpiochip_info *chip) {
  char path[256];
  struct stat about;
  if (read_string(env, file, path, sizeof path) < 0) return -1;
  // Never waits, whatever the path names.
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    throw_errno(env, errno, path);
    return -1;
  }
  memset(chip, 0, sizeof *chip);
  int error = fstat(fd, &about) ? errno : !S_ISCHR(about.st_mode) ? ENOTTY : 0;
  if (!error && ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, chip)) error = errno;
  if (!error) return fd;
  close(fd);
  throw_errno(env, error, path);
  return -1;
}

static bool put_text(napi_env env, napi_value object, const char *name, const char *text, size_t size) {
  napi_value value;
  return napi_create_string_utf8(env, text, strnlen(text, size), &value) == napi_ok &&
         napi_set_named_property(env, object, name, value) == napi_ok;
}

static bool put_bool(napi_env env, napi_value object, const char *name, bool is) {
  napi_value value;
  return napi_get_boolean(env, is, &value) == napi_ok && napi_set_named_property(env, object, name, value) == napi_ok;
}

/** chip(file): its kernel name, label and lines, each with its name and who holds it. */
static napi_value chip(napi_env env, napi_callback_info info) {
  napi_value given[1], said, lines;
  struct gpiochip_info about;
  if (!read_arguments(env, info, 1, given)) return NULL;
  int fd = open_chip(env, given[0], &about);
  if (fd < 0) return NULL;
  int error = 0;
  bool well = napi_create_object(env, &said) == napi_ok && napi_create_array(env, &lines) == napi_ok &&
              put_text(env, said, "name", about.name, sizeof about.name) &&
              put_text(env, said, "label", about.label, sizeof about.label) &&
              napi_set_named_property(env, said, "lines", lines) == napi_ok;
  for (uint32_t offset = 0; well && !error && offset < about.lines && offset < MOST_LINES; offset++) {
    struct gpio_v2_line_info one = {.offset = offset};
    napi_value line;
    if (ioctl(fd, GPIO_V2_GET_LINEINFO_IOCTL, &one)) error = errno;
    else
      well = napi_create_object(env, &line) == napi_ok && put_text(env, line, "name", one.name, sizeof one.name) &&
             put_text(env, line, "consumer", one.consumer, sizeof one.consumer) &&
             put_bool(env, line, "used", (one.flags & GPIO_V2_LINE_FLAG_USED) != 0) &&
             napi_set_element(env, lines, offset, line) == napi_ok;
  }
  close(fd);
  if (error) return throw_errno(env, error, "the lines of the chip");
  return well ? said : NULL;
}

void define_chip(napi_env env, napi_value exports) { define(env, exports, "chip", chip); }
