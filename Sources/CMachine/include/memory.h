#ifndef CMACHINE_MEMORY_H
#define CMACHINE_MEMORY_H

#include <stdint.h>

/// Has the allocator keep memory that is freed, up to so many bytes, for what is needed next,
/// instead of giving it back to the system, which clears each page when it is asked for again.
void cmachine_keep_freed(int32_t bytes);

#endif
