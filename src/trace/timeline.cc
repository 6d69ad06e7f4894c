#include "trace/timeline.h"

#include <algorithm>
#include <limits>

VITALS_NAMESPACE_BEGIN
namespace trace {
namespace {

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kForwardStepNanoseconds = 1'000'000;
constexpr double kMaxCorrection = 500e-6;  // as adjtime(3)

// Long enough to know the length of a tick to 0.03%, which does until the next comparison.
constexpr std::uint64_t kFirstComparisonNanoseconds = 200'000;

// More than an hour of seconds: a span that started before is told by the oldest line.
constexpr std::size_t kMaxLines = 4096;

}  // namespace

std::uint64_t Timeline::Line::At(std::uint64_t ticks) const noexcept {
  const auto elapsed = static_cast<std::int64_t>(ticks - start_ticks);
  return start_ns + static_cast<std::uint64_t>(
                        static_cast<std::int64_t>(static_cast<double>(elapsed) * ns_per_tick));
}

Timeline::Timeline(const base::TickClock& clock) : clock_(clock), previous_(Read()) {
  Reading reading = previous_;
  while (!clock_.counts_nanoseconds() &&
         reading.monotonic_ns - previous_.monotonic_ns < kFirstComparisonNanoseconds) {
    reading = Read();
  }
  lines_.push_back({previous_.ticks, previous_.unix_ns, NanosecondsPerTick(previous_, reading)});
}

Timeline::Reading Timeline::Read() const noexcept {
  // The try with the least time in between is the one that nothing interrupted.
  constexpr int kTries = 3;
  Reading best{};
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < kTries; ++i) {
    const std::uint64_t before = clock_.Now();
    const std::uint64_t monotonic_ns = clock_.MonotonicNanoseconds();
    const std::uint64_t unix_ns = clock_.UnixNanoseconds();
    const std::uint64_t between = clock_.Now() - before;
    if (between < least) {
      least = between;
      best = {before + between / 2, monotonic_ns, unix_ns};
    }
  }
  return best;
}

double Timeline::NanosecondsPerTick(const Reading& from, const Reading& to) const noexcept {
  if (clock_.counts_nanoseconds() || to.ticks == from.ticks) return 1;
  return static_cast<double>(to.monotonic_ns - from.monotonic_ns) /
         static_cast<double>(to.ticks - from.ticks);
}

void Timeline::Advance() {
  const Reading reading = Read();
  const std::uint64_t first_ns = lines_.front().start_ns;
  const std::uint64_t age_ns = lines_.back().start_ns - first_ns;
  const std::uint64_t now_ns = lines_.back().At(reading.ticks);
  const std::uint64_t due_ns = std::min(age_ns, kNanosecondsPerSecond);
  if (now_ns - lines_.back().start_ns > due_ns) AddLine(reading);
}

void Timeline::AddLine(const Reading& reading) {
  const double ns_per_tick = NanosecondsPerTick(previous_, reading);
  const std::uint64_t told_ns = lines_.back().At(reading.ticks);
  const auto behind_ns = static_cast<std::int64_t>(reading.unix_ns - told_ns);
  if (behind_ns > kForwardStepNanoseconds) {
    lines_.push_back({reading.ticks, reading.unix_ns, ns_per_tick});
  } else {
    // So that they meet at the next comparison, if that takes as long as this one took.
    const std::uint64_t expected_ns =
        std::max(told_ns - lines_.back().start_ns, kNanosecondsPerSecond);
    const double correction =
        std::clamp(static_cast<double>(behind_ns) / static_cast<double>(expected_ns),
                   -kMaxCorrection, kMaxCorrection);
    lines_.push_back({reading.ticks, told_ns, ns_per_tick * (1 + correction)});
  }
  if (reading.monotonic_ns - previous_.monotonic_ns > kNanosecondsPerSecond / 2) {
    previous_ = reading;
  }
  if (lines_.size() > kMaxLines) lines_.pop_front();
}

std::uint64_t Timeline::UnixNanoseconds(std::uint64_t ticks) const noexcept {
  // From the newest: spans mostly ended just now.
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (static_cast<std::int64_t>(ticks - line->start_ticks) >= 0) return line->At(ticks);
  }
  return lines_.front().At(ticks);
}

}  // namespace trace
VITALS_NAMESPACE_END
