#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <termios.h>

#include "CNcurses.h"

// What the emergency restore needs, filled by tmk_open before the terminal is changed.
typedef struct {
  int output;
  struct termios modes;
  char bytes[512];
  size_t count;
} tmk_restore;

extern tmk_restore tmk_saved;
/// Whether the terminal is changed now, that is, must be put back.
extern atomic_bool tmk_taken;

bool tmk_signals_install(void);
void tmk_signals_remove(void);
/// The signals since the last call, and zero again.
uint32_t tmk_signals_collect(void);

/// The end of the self-pipe to poll.
int tmk_wake_pipe(void);
/// Empties the self-pipe; true when tmk_wake was called since the last time.
bool tmk_wake_drain(void);

/// A "hex:" terminfo description of `term` whose colours are 24-bit, or NULL; free it.
char *tmk_direct_color_description(const char *term, int output);

/// Writes all bytes or gives up at the first error; async-signal-safe.
void tmk_write_all(int fd, const void *bytes, size_t count);
