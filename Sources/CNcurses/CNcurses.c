// The screen: opening, drawing, reading and giving back. Signals are in signals.c.

#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "CNcurses.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// term.h makes macros of common words.
#undef columns
#undef hangup

#include "private.h"

static struct {
  SCREEN *screen;
  FILE *input;
  FILE *output;
  bool mouse;
  tmk_capabilities capabilities;
} state;

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static void add(const char *text) { (void)tmk_line_add(text, strlen(text)); }

static void modes_on(void) {
  add(paste_on);
  if (state.mouse) add(mouse_on);
}

static void modes_off(void) {
  add(mouse_off);
  add(paste_off);
}

/// Has ncurses make its picture true, and sends what the terminal takes now.
static void paint(void) {
  tmk_line_begin();
  refresh();
  curs_set(0);
  // What did not reach the line is painted again, by everything.
  if (!tmk_line_end()) clearok(curscr, TRUE);
}

/// Leaves the terminal as it was found.
static void give_back(void) {
  modes_off();
  tmk_line_begin();
  endwin();
  tmk_line_end();
  tmk_colors_forget();
  bool told = tmk_line_finish();
  if (!told) tmk_write_all(tmk_saved.output, tmk_saved.bytes, tmk_saved.count);
  // ncurses spoke to a stand-in, and may skip what it believes undone: the saved modes are the
  // truth. A terminal that shows nothing is not waited for.
  tcsetattr(tmk_saved.output, told ? TCSADRAIN : TCSANOW, &tmk_saved.modes);
}

// MARK: Opening

static void save(const char *text) {
  size_t count = strlen(text);
  if (tmk_saved.count + count > sizeof tmk_saved.bytes) return;
  memcpy(tmk_saved.bytes + tmk_saved.count, text, count);
  tmk_saved.count += count;
}

/// Saves a capability without its padding ("$<5>"), which only matters to hardware terminals.
static void save_capability(const char *name) {
  const char *value = tigetstr((NCURSES_CONST char *)name);
  if (value == NULL || value == (char *)-1) return;
  char plain[128];
  size_t count = 0;
  while (*value != 0 && count + 1 < sizeof plain) {
    if (value[0] == '$' && value[1] == '<') {
      const char *end = strchr(value, '>');
      if (end == NULL) break;
      value = end + 1;
    } else {
      plain[count++] = *value++;
    }
  }
  plain[count] = 0;
  save(plain);
}

static tmk_status check(int input, int output, const char *term) {
  if (!isatty(input)) return TMK_INPUT_NOT_A_TERMINAL;
  if (!isatty(output)) return TMK_OUTPUT_NOT_A_TERMINAL;
  if (term == NULL || term[0] == 0) return TMK_TERM_UNSET;
  int error = 0;
  if (setupterm((NCURSES_CONST char *)term, output, &error) != OK) {
    // 1: known, but a printer or a "generic" type.
    return error == 1 ? TMK_TERM_TOO_SIMPLE : TMK_TERM_UNKNOWN;
  }
  bool moves = tigetstr("cup") != NULL && tigetstr("cup") != (char *)-1;
  bool simple = strcmp(term, "dumb") == 0 || !moves;
  if (!simple) {
    tmk_saved.count = 0;
    save(mouse_off);
    save(paste_off);
    save_capability("rmkx");
    save_capability("sgr0");
    save_capability("op");
    save_capability("cnorm");
    const char *leave = tigetstr("rmcup");
    if (leave == NULL || leave == (char *)-1) save("\r\n");
    save_capability("rmcup");
  }
  del_curterm(cur_term);
  return simple ? TMK_TERM_TOO_SIMPLE : TMK_OPENED;
}

static bool use_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
  // A shell without LANG (a container, ssh) still runs in a terminal that speaks UTF-8.
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL &&
         strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/// A screen by our own description of the terminal.
static SCREEN *described_screen(const char *term, bool direct) {
  char *text = tmk_description(term, fileno(state.output), direct);
  if (text == NULL) return NULL;
  const char *present = getenv("TERMINFO");
  char *before = present == NULL ? NULL : strdup(present);
  SCREEN *screen = NULL;
  if (setenv("TERMINFO", text, 1) == 0) {
    screen = newterm((NCURSES_CONST char *)term, state.output, state.input);
  }
  if (before != NULL) {
    setenv("TERMINFO", before, 1);
  } else {
    unsetenv("TERMINFO");
  }
  free(before);
  free(text);
  return screen;
}

static void close_files(void) {
  if (state.input != NULL) fclose(state.input);
  if (state.output != NULL) fclose(state.output);
  tmk_line_close();
  memset(&state, 0, sizeof state);
}

static FILE *reopen(int fd, const char *mode) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return NULL;
  FILE *file = fdopen(copy, mode);
  if (file == NULL) close(copy);
  return file;
}

static void start_colors(bool direct) {
  if (!has_colors() || start_color() != OK) return;
  state.capabilities.default_colors = use_default_colors() == OK;
  state.capabilities.colors = COLORS;
  state.capabilities.direct_color = direct && COLORS >= (1 << 24);
}

tmk_status tmk_open(int input, int output, tmk_options options) {
  if (state.screen != NULL) return TMK_ALREADY_OPEN;
  const char *term = getenv("TERM");
  tmk_status status = check(input, output, term);
  if (status != TMK_OPENED) return status;

  state.input = reopen(input, "r");
  state.output = reopen(output, "w");
  if (state.input == NULL || state.output == NULL || !tmk_line_open(fileno(state.output)) ||
      tcgetattr(output, &tmk_saved.modes) != 0 || !tmk_signals_install()) {
    close_files();
    return TMK_NO_RESOURCES;
  }
  tmk_saved.output = tmk_line_descriptor();
  atomic_store(&tmk_taken, true);

  state.capabilities.utf8 = use_utf8();
  bool direct = options.direct_color;
  state.screen = described_screen(term, direct);
  if (state.screen == NULL) {
    direct = false;
    state.screen = newterm((NCURSES_CONST char *)term, state.output, state.input);
  }
  if (state.screen == NULL) {
    tmk_emergency_restore();
    tmk_signals_remove();
    close_files();
    return TMK_TERM_UNKNOWN;
  }
  set_term(state.screen);
  raw();
  noecho();
  nonl();
  // Keys are decoded from bytes by our own tables, so ncurses must never look at the input: it
  // would cut a refresh short when keys are waiting.
  typeahead(-1);
  scrollok(stdscr, FALSE);
  // Plain cells only: not every terminal scrolls or shifts lines as its description says.
  idlok(stdscr, FALSE);
  idcok(stdscr, FALSE);
  leaveok(stdscr, TRUE);
  if (options.colors) start_colors(direct);
  state.mouse = options.mouse;
  int32_t columns = 0, rows = 0;
  if (tmk_size(&columns, &rows)) tmk_resize(columns, rows);
  erase();
  clearok(curscr, TRUE);
  paint();
  modes_on();
  tmk_line_drain();
  return TMK_OPENED;
}

void tmk_close(void) {
  if (state.screen == NULL) return;
  if (atomic_load(&tmk_taken)) {
    give_back();
    atomic_store(&tmk_taken, false);
  }
  tmk_signals_remove();
  delscreen(state.screen);
  close_files();
}

// MARK: Lending the terminal

void tmk_release(void) {
  if (state.screen == NULL || !atomic_load(&tmk_taken)) return;
  def_prog_mode();
  give_back();
  atomic_store(&tmk_taken, false);
}

void tmk_reclaim(void) {
  if (state.screen == NULL) return;
  atomic_store(&tmk_taken, true);
  reset_prog_mode();
  int32_t columns = 0, rows = 0;
  if (tmk_size(&columns, &rows)) tmk_resize(columns, rows);
  clearok(curscr, TRUE);
  paint();
  modes_on();
  tmk_line_drain();
}

void tmk_set_mouse(bool enabled) {
  if (state.screen == NULL) return;
  state.mouse = enabled;
  if (!atomic_load(&tmk_taken)) return;
  add(enabled ? mouse_on : mouse_off);
  tmk_line_drain();
}

// MARK: Drawing

tmk_capabilities tmk_capabilities_now(void) { return state.capabilities; }

bool tmk_size(int32_t *columns, int32_t *rows) {
  struct winsize size;
  if (state.output == NULL || ioctl(fileno(state.output), TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0 || size.ws_row == 0) {
    return false;
  }
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

void tmk_resize(int32_t columns, int32_t rows) {
  if (state.screen == NULL) return;
  if (is_term_resized(rows, columns)) resizeterm(rows, columns);
  erase();
  clearok(curscr, TRUE);
}

int32_t tmk_pair_limit(void) { return COLOR_PAIRS; }

bool tmk_define_pair(int32_t pair, int32_t foreground, int32_t background) {
  return init_extended_pair(pair, foreground, background) == OK;
}

static attr_t attributes_of(uint8_t bits) {
  attr_t attributes = A_NORMAL;
  if (bits & TMK_BOLD) attributes |= A_BOLD;
  if (bits & TMK_DIM) attributes |= A_DIM;
  if (bits & TMK_UNDERLINE) attributes |= A_UNDERLINE;
  if (bits & TMK_REVERSE) attributes |= A_REVERSE;
  if (bits & TMK_ITALIC) attributes |= A_ITALIC;
  return attributes;
}

/// Fills `text` with what the C library agrees to; false when it counts other columns than we do,
/// which would shift the rest of the line.
static bool text_of(const tmk_cell *cell, wchar_t text[4]) {
  memset(text, 0, 4 * sizeof text[0]);
  wchar_t base = (wchar_t)cell->scalars[0];
  if (base == 0 || (!state.capabilities.utf8 && base > 126)) return false;
  if (wcwidth(base) != cell->width) return false;
  text[0] = base;
  for (int i = 1, count = 1; i < 3 && cell->scalars[i] != 0; i++) {
    wchar_t mark = (wchar_t)cell->scalars[i];
    if (state.capabilities.utf8 && wcwidth(mark) == 0) text[count++] = mark;
  }
  return true;
}

static void put_text(int32_t row, int32_t column, const wchar_t *text, const tmk_cell *cell) {
  cchar_t wide;
  int pair = cell->pair;
  if (setcchar(&wide, text, attributes_of(cell->attributes), 0, &pair) == OK) {
    // The lower right corner is drawn and reported as an error: the cursor has no next place.
    (void)mvadd_wch(row, column, &wide);
  }
}

void tmk_write_cells(int32_t column, int32_t row, const tmk_cell *cells, int32_t count) {
  if (state.screen == NULL) return;
  for (int32_t i = 0; i < count; i++) {
    const tmk_cell *cell = &cells[i];
    if (cell->width == 0) continue;
    wchar_t text[4];
    if (text_of(cell, text)) {
      put_text(row, column + i, text, cell);
    } else {
      for (int32_t half = 0; half < cell->width; half++) {
        put_text(row, column + i + half, L"?", cell);
      }
    }
  }
}

void tmk_repaint(void) {
  if (state.screen != NULL) clearok(curscr, TRUE);
}

void tmk_flush(void) {
  if (state.screen == NULL || !atomic_load(&tmk_taken)) return;
  paint();
  tmk_line_drain();
}

bool tmk_is_line_free(void) { return tmk_line_drain(); }

uint64_t tmk_bytes_sent(void) { return tmk_line_sent(); }

bool tmk_send(const uint8_t *bytes, int32_t count) {
  if (state.screen == NULL || count <= 0 || !tmk_line_drain()) return false;
  bool kept = tmk_line_add(bytes, (size_t)count);
  tmk_line_drain();
  return kept;
}

// MARK: Reading

tmk_input tmk_read(uint8_t *buffer, int32_t capacity, int32_t timeout_ms) {
  tmk_input result = {0};
  if (state.screen == NULL) {
    result.hangup = true;
    return result;
  }
  bool waiting = tmk_line_is_waiting();
  struct pollfd sources[3] = {
      {.fd = fileno(state.input), .events = POLLIN},
      {.fd = tmk_wake_pipe(), .events = POLLIN},
      {.fd = tmk_line_descriptor(), .events = POLLOUT},
  };
  int ready = poll(sources, waiting ? 3 : 2, timeout_ms < 0 ? -1 : timeout_ms);
  if (ready > 0 && sources[0].revents != 0) {
    ssize_t count = read(sources[0].fd, buffer, (size_t)capacity);
    if (count > 0) {
      result.count = (int32_t)count;
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      result.hangup = true;
    }
  }
  if (ready > 0 && sources[1].revents != 0) result.woken = tmk_wake_drain();
  if (waiting && ready > 0 && sources[2].revents != 0) {
    tmk_line_drain();
    result.sent = true;
  }
  result.signals = tmk_signals_collect();
  return result;
}
