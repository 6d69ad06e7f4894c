#include "trace/span_ring.h"

#include <sys/mman.h>

VITALS_NAMESPACE_BEGIN
namespace trace {

bool SpanRing::Allocate() noexcept {
  if (slots_ != nullptr) return true;
  void* const memory = mmap(nullptr, kSlots * kSlotBytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return false;
  slots_ = static_cast<Slot*>(memory);
  return true;
}

SpanRing::~SpanRing() {
  if (slots_ != nullptr) munmap(slots_, kSlots * kSlotBytes);
}

std::uint64_t SpanRing::SkipToFront(std::uint64_t head, std::uint64_t tail) noexcept {
  const std::uint64_t offset = (head - base_.load(std::memory_order_relaxed)) % kSlots;
  const std::uint64_t skipped = kSlots - offset;
  if (head + skipped - tail > kSlots) return head;
  auto* const record = reinterpret_cast<RecordHeader*>(slots_ + offset);
  record->meta = RecordMeta{.trace_state = static_cast<std::uint32_t>(skipped)}.Pack();
  head_.store(head + skipped, std::memory_order_release);
  return head + skipped;
}

}  // namespace trace
VITALS_NAMESPACE_END
