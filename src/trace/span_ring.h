#ifndef VITALS_SRC_TRACE_SPAN_RING_H_
#define VITALS_SRC_TRACE_SPAN_RING_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "trace/span_record.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN
namespace trace {

/// The records of one thread on their way to the collector: one writer, one reader, neither of whom
/// ever waits. Positions count slots and only go up.
///
///     base         tail                    head
///      | . . . . . . [rec][rec  rec  rec][rec] . . . . . . . . . .
///      ^ position of  ^ the reader's          ^ the writer's
///        the front
///
/// A record lies in one piece: where it would pass the end, the writer leaves a skip record and
/// goes on at the front. When it finds that the reader has taken everything it moves the base up to
/// the head, so that a thread touches no more of its ring than its longest burst needs. The reader
/// sees the new base with the first record after it; there was none to read by the old one.
///
/// Where there is no room the newest record is the one that is dropped: what is there already is
/// never overwritten.
class SpanRing {
 public:
  /// 2 MiB, of which the kernel gives only what is touched.
  static constexpr std::size_t kSlots = 32'768;

  SpanRing() = default;
  ~SpanRing();
  SpanRing(const SpanRing&) = delete;
  SpanRing& operator=(const SpanRing&) = delete;

  /// Asks for the memory. Whether there is some.
  bool Allocate() noexcept;

  /// The writer's: room for a record of so many slots, at most kMaxRecordSlots, to be written and
  /// then published. Null when there is none.
  void* Reserve(std::size_t slots) noexcept {
    // Relaxed: the writer's own. Acquire: what the reader has taken may be overwritten.
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::uint64_t tail = tail_.load(std::memory_order_acquire);
    std::uint64_t base = base_.load(std::memory_order_relaxed);
    if (head == tail) {
      // Relaxed: Publish() orders it.
      base = head;
      base_.store(base, std::memory_order_relaxed);
    }
    if ((head - base) % kSlots + slots > kSlots) [[unlikely]] {
      head = SkipToFront(head, tail);
    }
    if (head + slots - tail > kSlots) [[unlikely]] {
      return nullptr;
    }
    reserved_ = head;
    // The reader has had the lines ahead in its cache: they are asked for some records before they
    // are written.
    for (std::size_t i = 0; i < slots; ++i) {
      PrefetchForWriting(slots_ + (head - base + kPrefetchSlots + i) % kSlots);
    }
    return slots_ + (head - base) % kSlots;
  }

  /// The writer's: hands over what was written to the room just reserved.
  void Publish(std::size_t slots) noexcept {
    // Release: the reader sees the record.
    head_.store(reserved_ + slots, std::memory_order_release);
  }

  /// Where the next record will end up: the end of what there is to read now. Anyone may ask.
  std::uint64_t head() const noexcept { return head_.load(std::memory_order_acquire); }

  /// The reader's: takes records, and gives their room back when it is destroyed.
  class Reader {
   public:
    /// Reads up to `end`, a head() of before.
    Reader(SpanRing& ring, std::uint64_t end) noexcept
        // Relaxed: the reader's own. `end` came with an acquire, and the records with it; so did
        // the base, which stays while there is anything to read.
        : ring_(ring),
          end_(end),
          tail_(ring.tail_.load(std::memory_order_relaxed)),
          base_(ring.base_.load(std::memory_order_relaxed)) {}
    // Release: the writer may overwrite them.
    ~Reader() { ring_.tail_.store(tail_, std::memory_order_release); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// The next record, which stays as long as the reader; null when there is none.
    const RecordHeader* Next() noexcept {
      while (tail_ < end_) {
        const auto* const record =
            reinterpret_cast<const RecordHeader*>(ring_.slots_ + (tail_ - base_) % kSlots);
        const RecordMeta meta = RecordMeta::Unpack(record->meta);
        tail_ += meta.slots == 0 ? meta.trace_state : meta.slots;
        if (meta.slots != 0) return record;
      }
      return nullptr;
    }

   private:
    SpanRing& ring_;
    const std::uint64_t end_;
    std::uint64_t tail_;
    const std::uint64_t base_;
  };

  /// The reader's: gives up what is there.
  void Discard() noexcept {
    tail_.store(head_.load(std::memory_order_acquire), std::memory_order_release);
  }

  /// Whether the reader has taken everything. Anyone may ask.
  bool IsEmpty() const noexcept {
    return tail_.load(std::memory_order_acquire) == head_.load(std::memory_order_acquire);
  }

 private:
  struct alignas(kSlotBytes) Slot {
    char bytes[kSlotBytes];
  };

  static constexpr std::size_t kPrefetchSlots = 16;

  static void PrefetchForWriting(const Slot* slot) noexcept {
#if defined(__x86_64__)
    // As __builtin_prefetch(slot, 1) for a processor that is known to have it; others pass it over.
    asm volatile("prefetchw %0" : : "m"(*slot));
#else
    __builtin_prefetch(slot, 1);
#endif
  }

  // Leaves a skip record from `head` to the front, if there is room for it; the new head.
  std::uint64_t SkipToFront(std::uint64_t head, std::uint64_t tail) noexcept;

  Slot* slots_ = nullptr;
  std::uint64_t reserved_ = 0;                      // the writer's
  std::atomic<std::uint64_t> base_{0};              // written by the writer
  std::atomic<std::uint64_t> head_{0};              // written by the writer
  alignas(64) std::atomic<std::uint64_t> tail_{0};  // written by the reader
};

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_SPAN_RING_H_
