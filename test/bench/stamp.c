// Puts CLOCK_MONOTONIC in ns before each line that it is sent, when it comes: the reader of gpiomon in the bench of the dock.
#include <stdio.h>
#include <time.h>

int main(void) {
  char line[256];
  struct timespec now;
  setvbuf(stdout, NULL, _IOFBF, 1 << 20);
  while (fgets(line, sizeof line, stdin)) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%lld %s", now.tv_sec * 1000000000LL + now.tv_nsec, line);
  }
  return 0;
}
