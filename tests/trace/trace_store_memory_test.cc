#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

#include "gtest/gtest.h"
#include "tests/trace/spans.h"
#include "vitals/trace/trace_store.h"

namespace {

std::size_t live_bytes = 0;  // this binary has one thread

void* Allocate(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory) + sizeof(std::size_t);
  return memory;
}

void Free(void* memory) noexcept {
  if (memory != nullptr) live_bytes -= malloc_usable_size(memory) + sizeof(std::size_t);
  std::free(memory);
}

}  // namespace

// The test binary's own: counts what lives on the heap.
void* operator new(std::size_t size) { return Allocate(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto bytes = static_cast<std::size_t>(alignment);
  return Allocate(std::aligned_alloc(bytes, (size + bytes - 1) / bytes * bytes));
}
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }

namespace vitals {
namespace {

using testing::Everything;
using testing::SpanBuilder;
using testing::StoreWithClock;

// What the store says it takes is what it takes, within 5%.
void ExpectHonest(const StoreWithClock& store, std::size_t bytes_before) {
  const TraceStoreStats stats = store->stats();
  const auto said = static_cast<double>(stats.bytes + stats.pending_bytes);
  EXPECT_NEAR(said / static_cast<double>(live_bytes - bytes_before), 1, 0.05);
}

TEST(TraceStoreMemoryTest, TheBytesItShowsAreThoseItTakes) {
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitizer's malloc has other headers";
#endif
  const std::size_t bytes_before = live_bytes;
  StoreWithClock store({.max_bytes = std::size_t{8} << 20,
                        .max_pending_bytes = std::size_t{4} << 20,
                        .max_bytes_per_trace = std::size_t{1} << 20,
                        .keeping = Everything()});
  ExpectHonest(store, bytes_before);
  for (std::uint64_t i = 1; i <= 50'000; ++i) {
    store.End({SpanBuilder(i, 2, 1).Attribute("text", std::string(i % 100, 'x')),
               SpanBuilder(i, 3, 1).Attribute("number", static_cast<std::int64_t>(i)),
               SpanBuilder(i, 1)});
    if (i % 100 == 0) store.Pass(std::chrono::milliseconds(20));
    if (i % 10'000 == 5'000) ExpectHonest(store, bytes_before);
  }
  ExpectHonest(store, bytes_before);
  EXPECT_GT(store->stats().evicted_traces_bytes, 1'000u);
  store.Pass(std::chrono::hours(1));
  ExpectHonest(store, bytes_before);
}

}  // namespace
}  // namespace vitals
