#ifndef VITALS_BENCH_HEAP_COUNT_H_
#define VITALS_BENCH_HEAP_COUNT_H_

#include <cstdint>

/// \file
/// Counts what the process has on its heap. A binary that links heap_count.cc gets malloc and its
/// kin, hence operator new too, from there: they count and pass on to the C library. That costs two
/// atomic operations a call, so no binary that measures time links it.

namespace bench {

/// Bytes that are allocated now: what malloc_usable_size tells, and the word with which glibc's
/// malloc heads each of them.
std::int64_t LiveHeapBytes();

/// Calls so far that asked for memory.
std::int64_t AllocationCount();

}  // namespace bench

#endif  // VITALS_BENCH_HEAP_COUNT_H_
