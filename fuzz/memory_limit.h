// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
/// A bound on the memory that a reader holds at once for one input: ten times the file, and 4 MiB for what does not
/// grow with it (tables of Unicode, compiled patterns, a JSON value's nodes, which are larger than their text).
///
/// Counted through the sanitizer's hooks around every allocation and release, of all threads; an input that goes beyond
/// is a finding. libFuzzer's own limits see single allocations and the resident pages of the whole process only.
/// Source  sanitizer/allocator_interface.h of compiler-rt
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// As sanitizer/allocator_interface.h has them, which Clang brings and other compilers do not.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void *, size_t),
                                                         void (*released)(const volatile void *));
extern "C" size_t __sanitizer_get_allocated_size(const volatile void *block);

namespace mase::fuzz {

/// Lives while one input is read; aborts at its end when more was held.
class MemoryLimit {
public:
  explicit MemoryLimit(size_t fileSize) : limit_(static_cast<int64_t>(10 * fileSize) + (int64_t{4} << 20)) {
    static const int installed = __sanitizer_install_malloc_and_free_hooks(
        [](const volatile void *, size_t size) { grow(static_cast<int64_t>(size)); },
        [](const volatile void *block) { grow(-static_cast<int64_t>(__sanitizer_get_allocated_size(block))); });
    if (installed == 0)
      std::abort();
    held = 0;
    most = 0;
  }
  MemoryLimit(const MemoryLimit &) = delete;
  MemoryLimit &operator=(const MemoryLimit &) = delete;
  ~MemoryLimit() {
    if (most <= limit_)
      return;
    std::fprintf(stderr, "fuzz: %lld bytes were held at once, %lld are right for this input\n",
                 static_cast<long long>(most.load()), static_cast<long long>(limit_));
    std::abort();
  }

private:
  static void grow(int64_t bytes) {
    const int64_t now = held += bytes;
    if (now > most)
      most = now; // threads may race here: the largest is then off by one allocation
  }
  static inline std::atomic<int64_t> held = 0, most = 0;
  int64_t limit_;
};

} // namespace mase::fuzz
