// The most that this machine can multiply and add, for comparison with what the
// encoder reaches, how fast it reads, and the most memory that a process took.
#ifndef C_PEAK_H
#define C_PEAK_H

#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// Multiplies and adds small integers with the instructions that `vk_product`
/// uses, from registers alone, so that nothing else can hold them up.
///
/// `instruction_set` is a name that `vk_instruction_set` gives. Returns how many
/// multiply-adds were done, 0 for a set that has no such instructions ("plain").
uint64_t peak_products(const char *_Nonnull instruction_set, uint64_t rounds);

/// The sum of `count` words: nothing but reading them in order.
uint64_t peak_read(const uint64_t *_Nonnull words, uint64_t count);

/// The most memory that this process has held so far, in bytes.
uint64_t peak_memory(void);

/// The memory that this process holds now, in bytes; 0 where that is not told.
uint64_t resident_memory(void);

#if defined(__cplusplus)
}
#endif

#endif
