#include "memory.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cmachine_keep_freed(int32_t bytes) {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, bytes);
  // What is larger is mapped alone, and given back at once: never more than 32 MiB, by glibc's rule.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#else
  (void)bytes;
#endif
}
