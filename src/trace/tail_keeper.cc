#include "trace/tail_keeper.h"

#include <algorithm>
#include <functional>

#include "trace/random_bits.h"
#include "trace/span_buffer.h"
#include "vitals/trace/sampler.h"

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

// The low 7 bytes of the id, mixed: a sampler that chose traces by the same bytes has left only
// high ones. Splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
std::uint64_t RandomOf(const TraceId& id) noexcept {
  std::uint64_t mixed = RandomBits(id) + 0x9E37'79B9'7F4A'7C15;
  mixed = (mixed ^ mixed >> 30) * 0xBF58'476D'1CE4'E5B9;
  mixed = (mixed ^ mixed >> 27) * 0x94D0'49BB'1331'11EB;
  return (mixed ^ mixed >> 31) % kRandomValues;
}

constexpr std::uint64_t kOtherRoots = ~std::uint64_t{0};

}  // namespace

TailKeeper::TailKeeper(const TailKeepingOptions& options)
    : options_(options), random_threshold_(Sampler::RatioThreshold(options.random_share)) {}

TraceKeepReason TailKeeper::Decide(const TraceRecord& trace, bool is_overdue,
                                   Clock::MonotonicTime now) {
  if (options_.keep_everything) return TraceKeepReason::kEverything;
  // All traces take part in who is slow, also those that are kept for something else. An overdue
  // one does not: it is slower than any, and neither its root's name nor its duration is known.
  const bool is_slow = options_.slowest_per_root > 0 && (is_overdue || IsAmongSlowest(trace, now));
  if (options_.keep_errors && trace.failed) return TraceKeepReason::kError;
  if (is_slow) return TraceKeepReason::kSlow;
  if (RandomOf(trace.id) >= random_threshold_) return TraceKeepReason::kRandom;
  return TraceKeepReason::kNone;
}

bool TailKeeper::IsAmongSlowest(const TraceRecord& trace, Clock::MonotonicTime now) {
  Slowest& slowest = SlowestOf(trace);
  std::vector<std::uint64_t>& durations = slowest.durations_ns;
  if (now - slowest.window_start >= options_.slowest_window) {
    durations.clear();
    slowest.window_start = now;
  }
  const std::uint64_t duration = trace.duration_ns();
  if (durations.size() == options_.slowest_per_root) {
    if (duration <= durations.front()) return false;
    std::pop_heap(durations.begin(), durations.end(), std::greater<>());
    durations.back() = duration;
  } else {
    if (durations.capacity() == 0) durations.reserve(options_.slowest_per_root);
    durations.push_back(duration);
  }
  std::push_heap(durations.begin(), durations.end(), std::greater<>());
  return true;
}

TailKeeper::Slowest& TailKeeper::SlowestOf(const TraceRecord& trace) {
  const std::uint64_t root = std::uint64_t{trace.root_component} << 32 | trace.root_name;
  if (const auto found = roots_.find(root); found != roots_.end()) return found->second;
  return roots_[roots_.size() < kMaxRoots ? root : kOtherRoots];
}

std::size_t TailKeeper::bytes() const noexcept {
  constexpr std::size_t kNodeBytes = sizeof(Slowest) + 2 * sizeof(void*) + kHeapBlockBytes;
  return roots_.bucket_count() * sizeof(void*) +
         roots_.size() *
             (kNodeBytes + options_.slowest_per_root * sizeof(std::uint64_t) + kHeapBlockBytes);
}

}  // namespace trace
VITALS_NAMESPACE_END
