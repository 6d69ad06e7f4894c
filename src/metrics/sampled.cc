#include "vitals/metrics/sampled.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>

VITALS_NAMESPACE_BEGIN
namespace {

// The next of a sequence of well mixed numbers (Steele, Lea, Flood, "Fast Splittable Pseudorandom
// Number Generators", OOPSLA 2014).
std::uint64_t NextRandom(std::uint64_t& state) noexcept {
  state += 0x9E3779B97F4A7C15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

std::uint64_t NewSeed() noexcept {
  static std::atomic<std::uint64_t> count{0};
  // Relaxed: the numbers only have to differ.
  std::uint64_t state = count.fetch_add(1, std::memory_order_relaxed);
  const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  return NextRandom(state) ^ static_cast<std::uint64_t>(now);
}

}  // namespace

EventSampler::EventSampler(std::uint32_t one_in) noexcept : EventSampler(one_in, NewSeed()) {}

EventSampler::EventSampler(std::uint32_t one_in, std::uint64_t seed) noexcept
    : one_in_(std::max(one_in, 1U)), log_of_rest_(std::log1p(-1.0 / one_in_)), random_state_(seed) {
  Draw();
}

void EventSampler::Draw() noexcept {
  if (one_in_ == 1) {
    remaining_ = 1;
    return;
  }
  // In (0, 1], so that the logarithm is finite: 53 random bits and one step.
  const double uniform = (static_cast<double>(NextRandom(random_state_) >> 11) + 1) * 0x1p-53;
  remaining_ = 1 + static_cast<std::uint64_t>(std::log(uniform) / log_of_rest_);
}

VITALS_NAMESPACE_END
