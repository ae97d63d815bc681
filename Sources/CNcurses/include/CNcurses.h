#pragma once

// The narrow face of ncurses: everything Swift cannot import (macros, variadics, wide calls,
// global variables) stays behind it. All calls but `tmk_wake` belong to one thread, the main one.

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Opening and closing

typedef enum {
  TMK_OPENED = 0,
  TMK_ALREADY_OPEN,
  TMK_INPUT_NOT_A_TERMINAL,
  TMK_OUTPUT_NOT_A_TERMINAL,
  TMK_TERM_UNSET,
  TMK_TERM_UNKNOWN,
  TMK_TERM_TOO_SIMPLE,
  TMK_NO_RESOURCES,
} tmk_status;

typedef struct {
  /// Use colours at all (nobody asked for none).
  bool colors;
  /// Take over the terminal's 24-bit colours (the environment promised them).
  bool direct_color;
  bool mouse;
} tmk_options;

typedef struct {
  /// 0 without colours, else 8, 16, 88, 256 or 1 << 24.
  int32_t colors;
  /// Colours are 0x10...0xFFFFFF as red, green, blue; 0...15 are still the terminal's own.
  bool direct_color;
  /// -1 means the terminal's own foreground and background.
  bool default_colors;
  bool utf8;
} tmk_capabilities;

tmk_status tmk_open(int input, int output, tmk_options options);

/// Gives the terminal back and forgets it. Does nothing when closed.
void tmk_close(void);

tmk_capabilities tmk_capabilities_now(void);

/// The size in cells by the terminal's own account; false when it does not know.
bool tmk_size(int32_t *columns, int32_t *rows);

/// Tells ncurses to adopt a size; everything must be drawn again.
void tmk_resize(int32_t columns, int32_t rows);

/// Gives the terminal back for a while (an editor, a stop), and takes it again.
void tmk_release(void);
void tmk_reclaim(void);

/// Stops the process group as Ctrl-Z at a cooked terminal would; returns when continued.
void tmk_stop(void);

void tmk_set_mouse(bool enabled);

// MARK: Drawing

typedef enum {
  TMK_BOLD = 1,
  TMK_DIM = 2,
  TMK_UNDERLINE = 4,
  TMK_REVERSE = 8,
  TMK_ITALIC = 16,
} tmk_attribute;

typedef struct {
  /// A base and at most two combining marks; 0 ends the list.
  uint32_t scalars[3];
  int32_t pair;
  uint8_t attributes;
  /// Columns: 1 or 2; 0 for the right half of a wide character, which is skipped.
  uint8_t width;
} tmk_cell;

int32_t tmk_pair_limit(void);
bool tmk_define_pair(int32_t pair, int32_t foreground, int32_t background);
void tmk_write_cells(int32_t column, int32_t row, const tmk_cell *cells, int32_t count);

/// Forgets what the terminal shows: the next flush paints every cell.
void tmk_repaint(void);
/// Sends what changed, as far as the terminal takes it now; the rest goes out while reading.
void tmk_flush(void);

/// Whether the terminal took everything: a picture drawn earlier would wait behind an old one.
bool tmk_is_line_free(void);

/// Bytes the terminal took since it was opened.
uint64_t tmk_bytes_sent(void);

/// Sends bytes past ncurses (a clipboard sequence); false when earlier ones still wait.
bool tmk_send(const uint8_t *bytes, int32_t count);

// MARK: Reading

typedef enum {
  TMK_SIGNAL_INTERRUPT = 1,
  TMK_SIGNAL_TERMINATE = 2,
  TMK_SIGNAL_HANGUP = 4,
  TMK_SIGNAL_RESIZE = 8,
  TMK_SIGNAL_STOP = 16,
  TMK_SIGNAL_CONTINUE = 32,
} tmk_signal;

typedef struct {
  int32_t count;
  bool woken;
  /// Some of the bytes that waited for the terminal were sent.
  bool sent;
  /// The terminal is gone: it will never give another byte.
  bool hangup;
  /// Bits of tmk_signal that arrived since the last read.
  uint32_t signals;
} tmk_input;

/// Blocks in poll until there are bytes, a wake, a signal or a hangup, or the time is over
/// (negative: no limit).
tmk_input tmk_read(uint8_t *buffer, int32_t capacity, int32_t timeout_ms);

/// Makes a blocked or the next `tmk_read` return. Any thread may call it, at any time.
void tmk_wake(void);

/// Puts the terminal back with write(2) and tcsetattr only; for signal handlers and atexit.
void tmk_emergency_restore(void);

#ifdef __cplusplus
}
#endif
