#include "bench/heap_count.h"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

// What glibc calls the functions that are replaced below.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the names are glibc's
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* pointer);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

// Relaxed, all of them: sums that are read when the threads that add to them are at rest.
constinit std::atomic<std::int64_t> live_bytes{0};
constinit std::atomic<std::int64_t> allocations{0};

// Bytes of the heap that an allocation takes, its header included; 0 for null.
std::int64_t HeapBytes(void* pointer) {
  if (pointer == nullptr) return 0;
  return static_cast<std::int64_t>(malloc_usable_size(pointer) + sizeof(std::size_t));
}

void* Allocated(void* pointer) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  live_bytes.fetch_add(HeapBytes(pointer), std::memory_order_relaxed);
  return pointer;
}

void Freed(std::int64_t bytes) { live_bytes.fetch_sub(bytes, std::memory_order_relaxed); }

}  // namespace

extern "C" {

void* malloc(std::size_t size) { return Allocated(__libc_malloc(size)); }

void* calloc(std::size_t count, std::size_t size) { return Allocated(__libc_calloc(count, size)); }

void* realloc(void* pointer, std::size_t size) {
  const std::int64_t old_bytes = HeapBytes(pointer);
  void* const moved = __libc_realloc(pointer, size);
  const bool failed = moved == nullptr && size != 0;
  if (!failed) Freed(old_bytes);
  return Allocated(moved);
}

void* memalign(std::size_t alignment, std::size_t size) {
  return Allocated(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }

int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  void* const pointer = memalign(alignment, size);
  if (pointer == nullptr) return ENOMEM;
  *result = pointer;
  return 0;
}

void free(void* pointer) {
  Freed(HeapBytes(pointer));
  __libc_free(pointer);
}

}  // extern "C"

namespace bench {

std::int64_t LiveHeapBytes() { return live_bytes.load(std::memory_order_relaxed); }

std::int64_t AllocationCount() { return allocations.load(std::memory_order_relaxed); }

}  // namespace bench
