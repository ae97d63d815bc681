// The description of the terminal that ncurses works by: its own, changed in two ways.
//
// Without the strings that scroll. With them ncurses moves lines that it believes to be on the
// screen (idlok() does not forbid it), through scroll regions that not every terminal keeps to.
//
// And with 24-bit colours where the environment promises them. Most terminals that show them say
// TERM=xterm-256color, and ncurses believes TERM. The other way it offers, redefining the palette,
// changes what the user sees outside of the program.
//
// So the description of TERM is written out again, and handed to ncurses in the form it reads from
// the environment ("hex:", see terminfo(5)).

#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "private.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

// 0...15 stay the terminal's own colours; everything else is 0xRRGGBB.
#define DIRECT(low, high, extended)                                           \
  "\033[%?%p1%{8}%<%t" low "%p1%d%e%p1%{16}%<%t" high "%p1%{8}%-%d%e" extended \
  ";2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m"

static const char foreground[] = DIRECT("3", "9", "38");
static const char background[] = DIRECT("4", "10", "48");

enum { MAGIC_32_BIT_NUMBERS = 01036, LIMIT = 30000 };

typedef struct {
  unsigned char bytes[LIMIT];
  size_t count;
  bool overflow;
} description;

static void put(description *d, const void *bytes, size_t count) {
  if (d->count + count > LIMIT) {
    d->overflow = true;
    return;
  }
  memcpy(d->bytes + d->count, bytes, count);
  d->count += count;
}

static void put_byte(description *d, int value) {
  unsigned char byte = (unsigned char)value;
  put(d, &byte, 1);
}

static void put_short(description *d, int value) {
  put_byte(d, value & 0xFF);
  put_byte(d, (value >> 8) & 0xFF);
}

static void put_number(description *d, int value) {
  put_short(d, value & 0xFFFF);
  put_short(d, (value >> 16) & 0xFFFF);
}

static void align(description *d) {
  if (d->count % 2 != 0) put_byte(d, 0);
}

static int count_names(NCURSES_CONST char *const *names) {
  int count = 0;
  while (names[count] != NULL) count++;
  return count;
}

static bool is_one_of(const char *name, const char *const *names) {
  for (; *names != NULL; names++) {
    if (strcmp(name, *names) == 0) return true;
  }
  return false;
}

static const char *const scrolling[] = {"csr", "ind", "indn", "ri",  "rin",
                                        "il",  "il1", "dl",   "dl1", NULL};
// These would let ncurses believe that it may change the palette or must use pairs.
static const char *const palette[] = {"initc", "initp", "scp", "setf", "setb", "oc", NULL};

static const char *string_capability(const char *name, bool direct) {
  if (is_one_of(name, scrolling)) return NULL;
  if (direct && is_one_of(name, palette)) return NULL;
  if (direct && strcmp(name, "setaf") == 0) return foreground;
  if (direct && strcmp(name, "setab") == 0) return background;
  const char *value = tigetstr((NCURSES_CONST char *)name);
  return value == (char *)-1 ? NULL : value;
}

static int number_capability(const char *name, bool direct) {
  if (direct && strcmp(name, "colors") == 0) return 1 << 24;
  if (direct && strcmp(name, "pairs") == 0) return 1 << 16;
  int value = tigetnum((NCURSES_CONST char *)name);
  return value < 0 ? -1 : value;
}

static bool flag_capability(const char *name, bool direct) {
  if (direct && (strcmp(name, "ccc") == 0 || strcmp(name, "hls") == 0)) return false;
  return tigetflag((NCURSES_CONST char *)name) > 0;
}

/// The compiled form of terminfo, term(5), with numbers of 32 bits.
static void compile(description *d, const char *term, bool direct) {
  int flags = count_names(boolnames), numbers = count_names(numnames);
  int strings = count_names(strnames), table = 0;
  for (int i = 0; i < strings; i++) {
    const char *value = string_capability(strnames[i], direct);
    if (value != NULL) table += (int)strlen(value) + 1;
  }
  put_short(d, MAGIC_32_BIT_NUMBERS);
  put_short(d, (int)strlen(term) + 1);
  put_short(d, flags);
  put_short(d, numbers);
  put_short(d, strings);
  put_short(d, table);
  put(d, term, strlen(term) + 1);
  for (int i = 0; i < flags; i++) put_byte(d, flag_capability(boolnames[i], direct));
  align(d);
  for (int i = 0; i < numbers; i++) put_number(d, number_capability(numnames[i], direct));
  int offset = 0;
  for (int i = 0; i < strings; i++) {
    const char *value = string_capability(strnames[i], direct);
    put_short(d, value == NULL ? -1 : offset);
    if (value != NULL) offset += (int)strlen(value) + 1;
  }
  for (int i = 0; i < strings; i++) {
    const char *value = string_capability(strnames[i], direct);
    if (value != NULL) put(d, value, strlen(value) + 1);
  }
  if (!direct) return;
  align(d);
  // One extended flag, RGB, tells ncurses that colours are values and not indexes.
  static const char name[] = "RGB";
  put_short(d, 1);
  put_short(d, 0);
  put_short(d, 0);
  put_short(d, 1);
  put_short(d, sizeof name);
  put_byte(d, 1);
  align(d);
  put_short(d, 0);
  put(d, name, sizeof name);
}

char *tmk_description(const char *term, int output, bool direct) {
  int error = 0;
  if (setupterm((NCURSES_CONST char *)term, output, &error) != OK) return NULL;
  description *d = calloc(1, sizeof *d);
  char *text = NULL;
  if (d != NULL && strlen(term) < 128) {
    compile(d, term, direct);
    text = d->overflow ? NULL : malloc(d->count * 2 + 5);
  }
  if (text != NULL) {
    static const char digits[] = "0123456789ABCDEF";
    char *next = stpcpy(text, "hex:");
    for (size_t i = 0; i < d->count; i++) {
      *next++ = digits[d->bytes[i] >> 4];
      *next++ = digits[d->bytes[i] & 15];
    }
    *next = 0;
  }
  free(d);
  del_curterm(cur_term);
  return text;
}
