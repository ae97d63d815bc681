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

/// A "hex:" terminfo description of `term` to use instead of its own, or NULL; free it. With
/// `direct`, its colours are 24-bit.
char *tmk_description(const char *term, int output, bool direct);

/// Writes all bytes or gives up at the first error; async-signal-safe. A terminal that takes
/// nothing for long loses what it has not shown yet, so that these bytes arrive.
void tmk_write_all(int fd, const void *bytes, size_t count);

// The way to the terminal (line.c); none of it waits but tmk_line_finish.

/// Takes over what ncurses writes to its descriptor.
bool tmk_line_open(int curses);
void tmk_line_close(void);
/// Writing to it never waits.
int tmk_line_descriptor(void);
/// Between begin and end, what ncurses writes is kept for tmk_line_drain; false when it is lost.
void tmk_line_begin(void);
bool tmk_line_end(void);
/// Bytes to send after those that wait; false when too many wait.
bool tmk_line_add(const void *bytes, size_t count);
/// Sends what the terminal takes now; true when nothing is left.
bool tmk_line_drain(void);
/// Sends what is left; gives up and drops it, false, when the terminal takes nothing for long.
bool tmk_line_finish(void);
bool tmk_line_is_waiting(void);
/// Bytes the terminal took since it was opened.
uint64_t tmk_line_sent(void);

/// Takes out of a picture's bytes the colours that the terminal has already; the new count.
size_t tmk_colors_thin(unsigned char *bytes, size_t count);
/// Others may have set colours.
void tmk_colors_forget(void);
