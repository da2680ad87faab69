// sd_notify(3) without libsystemd: one datagram to the socket that the supervisor named. Sent by the daemon itself, so a
// unit may say NotifyAccess=main.
#include "arguments.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** notify(socket, state): an address that begins with `@` is an abstract one. Never waits for the reader. */
static napi_value notify(napi_env env, napi_callback_info info) {
  napi_value given[2];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char path[4096], state[4096];
  if (!read_arguments(env, info, 2, given)) return NULL;
  int named = read_string(env, given[0], path, sizeof path);
  if (named < 0) return NULL;
  int length = read_string(env, given[1], state, sizeof state);
  if (length < 0) return NULL;
  if (named < 2 || (path[0] != '/' && path[0] != '@'))
    return throw_errno(env, EINVAL, "the address of the supervisor");
  if ((size_t)named >= sizeof address.sun_path) return throw_errno(env, ENAMETOOLONG, "the address of the supervisor");
  memcpy(address.sun_path, path, (size_t)named);
  if (address.sun_path[0] == '@') address.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return throw_errno(env, errno, "socket");
  ssize_t sent = sendto(fd, state, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address,
                        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)named));
  int error = errno;
  close(fd);
  return sent < 0 ? throw_errno(env, error, "the supervisor") : NULL;
}

void define_notify(napi_env env, napi_value exports) { define(env, exports, "notify", notify); }
