// Colours that the terminal has already. ncurses names both colours of a pair whenever one of them
// changes, and a picture has mostly one ground: half of its bytes would say that ground again.

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "private.h"

enum { LONGEST = 24 };

typedef struct {
  unsigned char bytes[LONGEST];
  size_t count;
} color;

static color foreground, background;

void tmk_colors_forget(void) { foreground.count = background.count = 0; }

/// The colour that a sequence's parameters set and nothing else, or NULL.
static color *color_of(const unsigned char *parameters, size_t count) {
  if (count == 0 || count > LONGEST) return NULL;
  bool extended = count > 3 && parameters[1] == '8' && parameters[2] == ';';
  bool alone = memchr(parameters, ';', count) == NULL && (count == 2 || count == 3);
  if (!extended && !alone) return NULL;
  // 30...37 and 90...97, 40...47 and 100...107; 39 and 49 are the terminal's own.
  if (alone && parameters[count - 1] > '7') return NULL;
  if (parameters[0] == '3' || (alone && count == 2 && parameters[0] == '9')) return &foreground;
  if (parameters[0] == '4' || (alone && count == 3 && parameters[1] == '0')) return &background;
  return NULL;
}

/// True when the terminal has this colour; remembers it.
static bool is_known(const unsigned char *parameters, size_t count) {
  color *now = color_of(parameters, count);
  if (now == NULL) {
    // Attributes alone leave colours as they are; everything else may not.
    bool attribute = count == 1 && parameters[0] != '0';
    if (!attribute) tmk_colors_forget();
    return false;
  }
  if (now->count == count && memcmp(now->bytes, parameters, count) == 0) return true;
  memcpy(now->bytes, parameters, count);
  now->count = count;
  return false;
}

size_t tmk_colors_thin(unsigned char *bytes, size_t count) {
  size_t kept = 0, next = 0;
  while (next < count) {
    size_t end = next + 1;
    bool sequence = bytes[next] == 033 && end < count && bytes[end] == '[';
    if (sequence) {
      end += 1;
      while (end < count && bytes[end] >= '0' && bytes[end] <= ';' && bytes[end] != ':') end += 1;
      bool colors = end < count && bytes[end] == 'm';
      if (end < count) end += 1;
      if (colors && is_known(bytes + next + 2, end - next - 3)) {
        next = end;
        continue;
      }
    }
    memmove(bytes + kept, bytes + next, end - next);
    kept += end - next;
    next = end;
  }
  return kept;
}
