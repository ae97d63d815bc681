/// Looks at many bytes at once, with the vector instructions that every processor of its kind has
/// (SSE2, NEON), which Swift has no way to write: one bit for each byte. Elsewhere a loop.
#ifndef CMACHINE_BYTES_H
#define CMACHINE_BYTES_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>

/// The top bit of each byte.
static inline uint32_t cbytes_gather(uint8x16_t bytes) {
  const uint8x16_t places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t bits =
      vandq_u8(vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(bytes), 7)), places);
  return (uint32_t)vaddv_u8(vget_low_u8(bits)) | (uint32_t)vaddv_u8(vget_high_u8(bits)) << 8;
}
#endif

/// Whether none of the 16 bytes, but for those of `ignored`, differ from others.
static inline _Bool cbytes_agree(const uint8_t *at, const uint8_t *others, uint32_t ignored) {
#if defined(__SSE2__)
  __m128i same = _mm_cmpeq_epi8(
      _mm_loadu_si128((const __m128i *)at), _mm_loadu_si128((const __m128i *)others));
  return ((uint32_t)_mm_movemask_epi8(same) | ignored) == 0xFFFF;
#elif defined(__ARM_NEON) && defined(__aarch64__)
  return (cbytes_gather(vceqq_u8(vld1q_u8(at), vld1q_u8(others))) | ignored) == 0xFFFF;
#else
  uint32_t same = ignored;
  for (int place = 0; place < 16; place++) {
    same |= (uint32_t)(at[place] == others[place]) << place;
  }
  return same == 0xFFFF;
#endif
}

/// The bytes of 16 that end the plain part of a JSON string: `"`, `\` and those below 0x20.
static inline uint32_t cbytes_string_ends16(const uint8_t *at) {
#if defined(__SSE2__)
  __m128i bytes = _mm_loadu_si128((const __m128i *)at);
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(control, quote), slash));
#elif defined(__ARM_NEON) && defined(__aarch64__)
  uint8x16_t bytes = vld1q_u8(at);
  return cbytes_gather(vorrq_u8(
      vcltq_u8(bytes, vdupq_n_u8(0x20)),
      vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')))));
#else
  uint32_t ends = 0;
  for (int place = 0; place < 16; place++) {
    uint8_t byte = at[place];
    ends |= (uint32_t)(byte == '"' || byte == '\\' || byte < 0x20) << place;
  }
  return ends;
#endif
}

/// The same of 32 bytes.
static inline uint32_t cbytes_string_ends32(const uint8_t *at) {
  return cbytes_string_ends16(at) | cbytes_string_ends16(at + 16) << 16;
}

/// Other than 0 where one of 16 bytes is not ASCII.
static inline uint32_t cbytes_beyond_ascii16(const uint8_t *at) {
#if defined(__SSE2__)
  return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)at));
#elif defined(__ARM_NEON) && defined(__aarch64__)
  return vmaxvq_u8(vld1q_u8(at)) >> 7;
#else
  uint8_t all = 0;
  for (int place = 0; place < 16; place++) all |= at[place];
  return all >> 7;
#endif
}

/// The same of 32 bytes.
static inline uint32_t cbytes_beyond_ascii32(const uint8_t *at) {
  return cbytes_beyond_ascii16(at) | cbytes_beyond_ascii16(at + 16);
}

/// The bytes of 16 that are no decimal digits, in bits 0 to 15.
static inline uint32_t cbytes_other_than_digits(const uint8_t *at) {
#if defined(__SSE2__)
  __m128i values = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)at), _mm_set1_epi8('0'));
  __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values);
  return (uint32_t)_mm_movemask_epi8(digits) ^ 0xFFFF;
#elif defined(__ARM_NEON) && defined(__aarch64__)
  return cbytes_gather(vcgtq_u8(vsubq_u8(vld1q_u8(at), vdupq_n_u8('0')), vdupq_n_u8(9)));
#else
  uint32_t others = 0;
  for (int place = 0; place < 16; place++) {
    others |= (uint32_t)((uint8_t)(at[place] - '0') > 9) << place;
  }
  return others;
#endif
}

#endif
