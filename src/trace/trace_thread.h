#ifndef VITALS_SRC_TRACE_TRACE_THREAD_H_
#define VITALS_SRC_TRACE_TRACE_THREAD_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "trace/context_words.h"
#include "trace/id_generator.h"
#include "trace/span_ring.h"
#include "vitals/base/config.h"
#include "vitals/base/interned_name.h"
#include "vitals/model/span_context.h"
#include "vitals/trace/context_scope.h"

/// \file
/// What tracing keeps for one thread: its ring, the stack of its contexts, and the table of its
/// open spans. States are never freed; one goes round:
///
///     free --AttachTraceThread()--> in use --thread ends--> free, once its ring has been drained
///
/// docs/design/trace.md draws it and says who writes what.

VITALS_NAMESPACE_BEGIN
namespace trace {

/// An open span as other threads see it. The words of a RecordHeader, but that the sequence has the
/// place of end_ticks: even while the row is empty, odd while it shows a span.
class OpenSpan {
 public:
  static constexpr std::size_t kSequence = 5;
  static constexpr std::size_t kName = 6;

  /// Shows a span. A sequence lock whose every word is atomic, so a torn read is no race, only
  /// thrown away.
  VITALS_INLINE void Show(const RecordHeader& record) noexcept {
    // Who sees one of the stores below sees that the row was hidden before.
    std::atomic_thread_fence(std::memory_order_release);
    // Relaxed: the fence before and the release behind order them.
    constexpr auto kRelaxed = std::memory_order_relaxed;
    words_[0].store(record.trace_id.high, kRelaxed);
    words_[1].store(record.trace_id.low, kRelaxed);
    words_[2].store(record.span_id.value, kRelaxed);
    words_[3].store(record.parent_span_id.value, kRelaxed);
    words_[4].store(record.start_ticks, kRelaxed);
    words_[kName].store(std::bit_cast<std::uint64_t>(record.name), kRelaxed);
    words_[7].store(record.meta, kRelaxed);
    // Relaxed load: who has the place is the only writer. Release: the words go with it.
    std::atomic<std::uint64_t>& sequence = words_[kSequence];
    sequence.store(sequence.load(kRelaxed) + 1, std::memory_order_release);
  }

  /// Hides it, if it is not hidden already: a fork child hides all of other threads.
  VITALS_INLINE void Hide() noexcept {
    std::atomic<std::uint64_t>& sequence = words_[kSequence];
    // As Show().
    sequence.store((sequence.load(std::memory_order_relaxed) | 1) + 1, std::memory_order_release);
  }

  /// Names the span that is shown anew. Readers see either name.
  void Rename(const char* name) noexcept {
    words_[kName].store(std::bit_cast<std::uint64_t>(name), std::memory_order_relaxed);
  }

  /// What the row shows, if that is a span and did not change while it was read. Anyone may ask.
  std::optional<RecordHeader> Read() const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, 8> words_{};
};

struct alignas(64) TraceThread {
  /// Places: for contexts of the thread at one time, and open spans that others see.
  static constexpr std::uint8_t kPlaces = 64;
  static constexpr std::uint8_t kNoPlace = 0xFF;

  // Used by the thread alone.
  std::uint64_t free_places = ~std::uint64_t{0};  ///< a bit for each place that nobody has
  std::uint8_t top = kNoPlace;                    ///< the place whose context is current
  bool deep = false;  ///< whether that may be one without a place instead
  IdGenerator ids;

  /// Places that were given back on other threads, for the owner to free. Kept apart from what the
  /// owner writes all the time.
  alignas(64) std::atomic<std::uint64_t> returned_places{0};

  SpanRing ring;

  // By place, and used by the thread alone: a context, and the place that was on top before it.
  std::array<SpanContext, kPlaces> contexts{};
  std::array<std::uint8_t, kPlaces> below{};

  /// By place. Written by who has the place.
  std::array<OpenSpan, kPlaces> open_spans{};

  /// Of the kernel, and the thread's name when it attached; written by a new owner before its first
  /// record, when no record of the owner before is left.
  std::atomic<std::uint32_t> thread_id{0};
  std::atomic<const char*> thread_name{""};

  /// Written by the thread alone, read by anyone.
  std::atomic<std::uint64_t> dropped_ring_full{0};
  std::atomic<std::uint64_t> unlisted_open_spans{0};

  std::atomic<std::uint32_t> in_use{0};
  TraceThread* next = nullptr;  ///< set once, before the state can be seen
};

/// The calling thread's state; null before its first span and after its end. Initial-exec, as
/// base::current_thread.
extern VITALS_EXPORT constinit thread_local TraceThread* current_trace_thread
    __attribute__((tls_model("initial-exec")));

/// As current_trace_thread, made on the first call; null when the thread is ending or there is no
/// memory.
TraceThread* AttachTraceThread() noexcept;

/// Counts a span that is lost because its thread has no state; how many there were.
void CountSpanWithoutState() noexcept;
std::uint64_t SpansWithoutState() noexcept;

/// The first state of the process's list; follow `next`. The list only grows.
TraceThread* FirstTraceThread() noexcept;

/// Counts on the calling thread's state. Relaxed, and no read-modify-write: it is the only writer.
inline void CountOn(std::atomic<std::uint64_t>& count) noexcept {
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

/// Frees the places that other threads have given back, and takes their contexts out of the
/// stack.
void ReclaimPlaces(TraceThread& thread) noexcept;

/// The calling thread's state, its context freed of what ended on other threads: to be called
/// before the current context is looked at. Null as AttachTraceThread().
VITALS_INLINE TraceThread* SettledTraceThread() noexcept {
  TraceThread* const thread = current_trace_thread;
  if (thread == nullptr) [[unlikely]] {
    return AttachTraceThread();
  }
  // Relaxed: a hint; ReclaimPlaces() acquires.
  if (thread->returned_places.load(std::memory_order_relaxed) != 0) [[unlikely]] {
    ReclaimPlaces(*thread);
  }
  return thread;
}

/// A free place of the calling thread; kNoPlace when there is none.
VITALS_INLINE std::uint8_t TakePlace(TraceThread& thread) noexcept {
  const std::uint64_t free = thread.free_places;
  if (free == 0) [[unlikely]] {
    return TraceThread::kNoPlace;
  }
  thread.free_places = free & (free - 1);
  return static_cast<std::uint8_t>(std::countr_zero(free));
}

/// Whether the current context has found no place. It is over all that have one; another one above
/// it gets none either, or it would not be shown again when that ends.
bool IsStillDeep(TraceThread& thread) noexcept;
VITALS_INLINE bool IsDeep(TraceThread& thread) noexcept {
  return thread.deep && IsStillDeep(thread);
}

/// A place for one more context; kNoPlace when there is none for it.
VITALS_INLINE std::uint8_t TakeContextPlace(TraceThread& thread) noexcept {
  return IsDeep(thread) ? TraceThread::kNoPlace : TakePlace(thread);
}

/// Gives a place back, on whichever thread; a context in it leaves the stack of its thread at the
/// latest with that thread's next SettledTraceThread().
VITALS_INLINE void ReturnPlace(TraceThread& thread, std::uint8_t place) noexcept {
  const std::uint64_t bit = std::uint64_t{1} << place;
  if (&thread == current_trace_thread) [[likely]] {
    thread.free_places |= bit;
  } else {
    // Release: the owner sees what was done with the place.
    thread.returned_places.fetch_or(bit, std::memory_order_release);
  }
}

/// Makes `context` the calling thread's current one. `place` is one of its own, or kNoPlace: the
/// context before is kept in `frame` then.
VITALS_INLINE void PushContext(TraceThread& thread, std::uint8_t place, const ContextWords& context,
                               ContextFrame& frame) noexcept {
  frame.thread = &thread;
  frame.place = place;
  if (place == TraceThread::kNoPlace) [[unlikely]] {
    ContextWords::Load(model::current_span_context).Store(frame.below);
    thread.deep = true;
  } else {
    context.Store(thread.contexts[place]);
    thread.below[place] = thread.top;
    thread.top = place;
  }
  context.Store(model::current_span_context);
}

/// Makes the context on top of the calling thread's stack its current one.
VITALS_INLINE void ShowTop(const TraceThread& thread) noexcept {
  if (thread.top == TraceThread::kNoPlace) {
    ContextWords().Store(model::current_span_context);
  } else {
    ContextWords::Load(thread.contexts[thread.top]).Store(model::current_span_context);
  }
}

/// As PopContext(), for a frame that is not on top of the calling thread's stack.
void UnlinkContext(ContextFrame& frame, SpanId span_id) noexcept;

/// Takes a frame out of its thread's stack where that is the calling thread's; its place is still
/// to be returned. `span_id` is that of its context. The frame is empty then.
VITALS_INLINE void PopContext(ContextFrame& frame, SpanId span_id) noexcept {
  TraceThread& thread = *frame.thread;
  if (&thread != current_trace_thread || thread.top != frame.place ||
      frame.place == TraceThread::kNoPlace) [[unlikely]] {
    UnlinkContext(frame, span_id);
    return;
  }
  thread.top = thread.below[frame.place];
  ShowTop(thread);
  frame.thread = nullptr;
}

}  // namespace trace
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_TRACE_TRACE_THREAD_H_
